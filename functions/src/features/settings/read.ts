import { DEFAULT_SETTINGS, type Settings, settingsChangeSchema } from '../../core/settings/settings.ts';
import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';
import { settingsDocument } from '../../platform/collections.ts';

/** How long an instance goes on with what it has read: a change is felt everywhere after that. */
const FRESH_MS = 10_000;

const cached = perApp((): { settings?: Settings; readAtMs: number } => ({ readAtMs: 0 }));

/** What holds now; at most 10 s old. */
export async function currentSettings(): Promise<Settings> {
  const kept = cached();
  const ageMs = now().getTime() - kept.readAtMs;
  if (kept.settings && ageMs >= 0 && ageMs < FRESH_MS) return kept.settings;
  const settings = settingsFrom((await settingsDocument().get()).data());
  Object.assign(kept, { settings, readAtMs: now().getTime() });
  return settings;
}

/** What a stored document says, on top of the defaults. Throws when it is not of the known shape. */
export function settingsFrom(stored: object | undefined): Settings {
  const { limits, intake, prices } = settingsChangeSchema.parse(stored ?? {});
  return {
    limits: limits ?? DEFAULT_SETTINGS.limits,
    intake: intake ?? DEFAULT_SETTINGS.intake,
    prices: prices ?? DEFAULT_SETTINGS.prices,
  };
}

/** Lets this instance read the settings anew on its next use. */
export function forgetSettings(): void {
  cached().readAtMs = 0;
}
