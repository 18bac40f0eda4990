/** When the endpoints are asked: after all that is in store. */
export const NOW_MS = Date.parse('2024-12-10T12:20:00.000Z');
/** When the aggregation has run: the next minute. */
export const COUNTED_MS = NOW_MS + 60_000;
/** The first generation ends then, the last one a while before now: the log is settled. */
export const FROM_MS = Date.parse('2024-10-01T00:00:00.000Z');
export const UNTIL_MS = NOW_MS - 5 * 60_000;

/** The zones besides UTC in which hours and days are counted. */
export const REPORTING_ZONES = ['America/New_York', 'Asia/Kathmandu'];
/** Models that have cells of their own besides those of the catalogue. */
export const KNOWN_MODELS = 'kling/kling-v2,runway/gen-4';

/** The user who asked for the most. */
export const BUSIEST_USER = 'user0';

/** What the functions are configured with. */
export const SCENE_ENV = { REPORTING_TIME_ZONES: REPORTING_ZONES.join(), KNOWN_MODELS };
