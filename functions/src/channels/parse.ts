import { type ChannelSettings, channelSettingsSchema } from './settings.ts';

/** What the secret ALERT_CHANNELS holds. */
export interface Parsed {
  settings: ChannelSettings[];
  /** One line for each channel that cannot be used: which, which field, and why; never a value. */
  problems: string[];
}

const MAX_CHANNELS = 50;

/** Reads the secret's JSON. A channel with a mistake is left out and told of; the others are not harmed. Empty text: no channels. */
export function parseChannels(json: string): Parsed {
  if (json.trim() === '') return { settings: [], problems: [] };
  const entries = listIn(json);
  if (!entries) return { settings: [], problems: ['ALERT_CHANNELS must be a JSON list of channels'] };
  const problems: string[] = [];
  if (entries.length > MAX_CHANNELS) problems.push(`only the first ${MAX_CHANNELS} channels are used`);
  const settings = new Map<string, ChannelSettings>();
  for (const [index, entry] of entries.slice(0, MAX_CHANNELS).entries()) {
    const name = nameOf(entry, index);
    const parsed = channelSettingsSchema.safeParse(entry);
    if (!parsed.success) {
      problems.push(
        ...parsed.error.issues.map((issue) => `${name}: ${issue.path.join('.') || 'it'}: ${reasonOf(issue)}`),
      );
    } else if (settings.has(parsed.data.id)) problems.push(`${name}: id: another channel has it already`);
    else settings.set(parsed.data.id, parsed.data);
  }
  return { settings: [...settings.values()], problems };
}

function listIn(json: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : undefined;
  } catch {
    // A secret must not be shown, not even the piece that a SyntaxError quotes.
    return undefined;
  }
}

function nameOf(entry: unknown, index: number): string {
  const id = typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : undefined;
  return typeof id === 'string' && /^[a-z0-9_-]{1,64}$/i.test(id) ? `channel ${id}` : `channel number ${index + 1}`;
}

/** Zod's words never quote a value, only names of fields and what would be right. */
function reasonOf(issue: { code?: string; message: string }): string {
  return issue.message.slice(0, 200);
}
