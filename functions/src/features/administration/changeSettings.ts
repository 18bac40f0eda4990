import type { AuditValue } from '../../core/access/audit.ts';
import { canonicalJson } from '../../core/hash.ts';
import type { Settings, SettingsChange } from '../../core/settings/settings.ts';
import { recordAudit } from '../../platform/audit.ts';
import { settingsDocument } from '../../platform/collections.ts';
import { firestore } from '../../platform/firestore.ts';
import { forgetSettings, settingsFrom } from '../settings/index.ts';
import type { By } from './by.ts';

const SECTIONS = ['limits', 'intake', 'prices'] as const satisfies (keyof Settings)[];

/** Replaces whole sections of the settings; other instances feel it within 10 s. The same again changes nothing. */
export async function changeSettings(by: By, change: SettingsChange, reason: string): Promise<Settings> {
  const settings = await firestore().runTransaction(async (transaction) => {
    const before = settingsFrom((await transaction.get(settingsDocument())).data());
    const changed = SECTIONS.filter((name) => change[name] && !isSame(change[name], before[name]));
    const next = settingsFrom({ ...before, ...change });
    if (changed.length === 0) return next;
    const part = (all: Settings): Record<string, AuditValue> =>
      Object.fromEntries(changed.map((name) => [name, asAuditValue(all[name])]));
    transaction.set(settingsDocument(), part(next), { mergeFields: changed });
    recordAudit(transaction, {
      ...by,
      action: 'settings.changed',
      target: { type: 'settings', id: 'current' },
      before: part(before),
      after: part(next),
      reason,
    });
    return next;
  });
  forgetSettings();
  return settings;
}

const isSame = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);

/** Settings are plain JSON, as their schema says; what is optional and absent is left out. */
function asAuditValue(section: Settings[keyof Settings]): AuditValue {
  return JSON.parse(canonicalJson(section)) as AuditValue;
}
