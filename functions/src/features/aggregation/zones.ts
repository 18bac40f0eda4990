import { REPORTING_TIME_ZONES } from '../../params.ts';

const MAX_ZONES = 3;

/** The zones, besides UTC, in which hours and days are counted. Throws for more than three. */
export function reportingZones(): string[] {
  const zones = REPORTING_TIME_ZONES.value()
    .split(',')
    .map((zone) => zone.trim())
    .filter((zone) => zone !== '');
  if (zones.length > MAX_ZONES) throw new RangeError('REPORTING_TIME_ZONES names more than three zones');
  return zones;
}
