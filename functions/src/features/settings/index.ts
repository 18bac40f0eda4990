export { currentSettings, forgetSettings, settingsFrom } from './read.ts';
