import { ERROR_CODES, ERROR_RULES, type ErrorCode, type Fault } from '../generation/outcome.ts';

/** The part of the whole that an error arose in. */
export type Component = 'request' | 'provider' | 'storage' | 'pipeline' | 'configuration' | 'operator';
/** `critical`: nothing works until somebody acts; `error`: a generation was lost; `warning`: it passes; `info`: as it should be. */
export type Severity = 'info' | 'warning' | 'error' | 'critical';

const TRAITS: Readonly<Record<ErrorCode, readonly [Component, Severity]>> = {
  invalid_request: ['request', 'info'],
  content_blocked: ['request', 'info'],
  provider_quota: ['provider', 'warning'],
  provider_unavailable: ['provider', 'error'],
  provider_internal: ['provider', 'error'],
  provider_auth: ['configuration', 'critical'],
  model_unavailable: ['configuration', 'critical'],
  submit_uncertain: ['provider', 'warning'],
  no_output: ['provider', 'error'],
  operation_lost: ['provider', 'error'],
  operation_unreadable: ['provider', 'error'],
  deadline_exceeded: ['provider', 'error'],
  storage_failed: ['storage', 'critical'],
  steps_exhausted: ['pipeline', 'critical'],
  unspecified: ['provider', 'error'],
  ended_by_operator: ['operator', 'info'],
};

/** Where an error arises, how bad it is and whose fault; undefined for a code that is not known any more. */
export function traitsOf(code: string): { component: Component; severity: Severity; fault: Fault } | undefined {
  const known = ERROR_CODES.find((each) => each === code);
  if (!known) return undefined;
  const [component, severity] = TRAITS[known];
  return { component, severity, fault: ERROR_RULES[known].fault };
}
