import type { Settings } from '../../core/settings/settings.ts';
import { currentSettings, forgetSettings } from '../settings/index.ts';

/** The settings as they are stored now, not as this instance has them in mind. */
export function readSettings(): Promise<Settings> {
  forgetSettings();
  return currentSettings();
}
