/** Who has to act on an error: the one who asked, the video provider, or this system's own team. */
export type Fault = 'user' | 'provider' | 'house';

interface ErrorRule {
  /** Whether another attempt may succeed. */
  retry: boolean;
  fault: Fault;
  /** What the user reads. */
  message: string;
}

/** The closed taxonomy of why a generation did not succeed. */
export const ERROR_RULES = {
  invalid_request: { retry: false, fault: 'user', message: 'The provider refused the request as invalid.' },
  content_blocked: { retry: false, fault: 'user', message: "The provider's safety rules blocked the video." },
  provider_quota: { retry: true, fault: 'provider', message: 'The provider is out of capacity for us.' },
  provider_unavailable: { retry: true, fault: 'provider', message: 'The provider could not be reached.' },
  provider_internal: { retry: true, fault: 'provider', message: 'The provider failed.' },
  provider_auth: { retry: false, fault: 'house', message: 'The provider did not accept our credentials.' },
  model_unavailable: { retry: false, fault: 'house', message: 'The model is no longer available.' },
  submit_uncertain: { retry: true, fault: 'provider', message: 'The provider never confirmed that it took the job.' },
  no_output: { retry: true, fault: 'provider', message: 'The provider finished without a video.' },
  operation_lost: { retry: true, fault: 'provider', message: 'The provider lost the job.' },
  operation_unreadable: { retry: false, fault: 'provider', message: 'The result could not be fetched in time.' },
  deadline_exceeded: { retry: false, fault: 'provider', message: 'The video was not ready in time.' },
  storage_failed: { retry: false, fault: 'house', message: 'The video could not be stored.' },
  steps_exhausted: { retry: false, fault: 'house', message: 'The work on it kept failing on our side.' },
  unspecified: { retry: false, fault: 'provider', message: 'It failed; nobody told why.' },
  ended_by_operator: { retry: false, fault: 'house', message: 'The generation was ended by an operator.' },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERROR_RULES;
export const ERROR_CODES = Object.keys(ERROR_RULES) as [ErrorCode, ...ErrorCode[]];

/** Why an attempt or a generation did not succeed. `detail` is for operators: no API answer has it. */
export interface GenerationError {
  code: ErrorCode;
  detail?: string;
}

/** How an error code is dealt with. */
export function errorRule(code: ErrorCode): ErrorRule {
  return ERROR_RULES[code];
}

/** A generation in one of these states never changes state again. */
export const TERMINAL_STATES = ['succeeded', 'failed', 'blocked', 'cancelled', 'expired'] as const;
export type Outcome = (typeof TERMINAL_STATES)[number];

/** The terminal state that an error without a further attempt leads to. */
export function outcomeOf(code: ErrorCode): Outcome {
  if (code === 'content_blocked') return 'blocked';
  if (code === 'deadline_exceeded') return 'expired';
  return 'failed';
}
