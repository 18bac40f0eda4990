/** A stretch of time in which a zone keeps one offset; the outermost stretches have no bounds. */
export interface OffsetRun {
  startMs: number;
  endMs: number;
  /** Local time − UTC. */
  offsetMs: number;
}

/** Changes of offset are looked for in these years; before and after them the nearest offset is taken to stay. */
const FROM_MS = Date.UTC(2011, 10, 15);
const TO_MS = Date.UTC(2045, 0, 1);
/** No zone changes its offset and back within this time: the shortest, in Morocco's Ramadan, lasts a month. */
const STEP_MS = 7 * 86_400_000;
/** A change counts from the first whole quarter on: Antarctica/Casey moved its clocks at a minute past midnight. */
const QUARTER_MS = 900_000;

const runsOfZone = new Map<string, readonly OffsetRun[]>();

/** The stretches of a zone (an IANA name), in order and without gaps. Throws RangeError for an unknown zone. */
export function offsetRuns(zone: string): readonly OffsetRun[] {
  const known = runsOfZone.get(zone);
  if (known) return known;
  const runs = findRuns(offsetReader(zone));
  runsOfZone.set(zone, runs);
  return runs;
}

/** The position, in `runs`, of the stretch that holds a moment. */
export function runIndexAt(runs: readonly OffsetRun[], atMs: number): number {
  let [low, high] = [0, runs.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((runs[middle]?.startMs ?? 0) <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

function findRuns(offsetAt: (atMs: number) => number): OffsetRun[] {
  const runs: OffsetRun[] = [];
  let run: OffsetRun = { startMs: -Infinity, endMs: Infinity, offsetMs: offsetAt(FROM_MS) };
  for (let atMs = FROM_MS; atMs < TO_MS; atMs += STEP_MS) {
    const offsetMs = offsetAt(atMs + STEP_MS);
    if (offsetMs === run.offsetMs) continue;
    const changeMs = firstWithOffset(offsetAt, offsetMs, atMs, atMs + STEP_MS);
    runs.push({ ...run, endMs: changeMs });
    run = { startMs: changeMs, endMs: Infinity, offsetMs };
  }
  return [...runs, run];
}

function firstWithOffset(offsetAt: (atMs: number) => number, offsetMs: number, beforeMs: number, byMs: number): number {
  let [low, high] = [beforeMs, byMs];
  while (high - low > QUARTER_MS) {
    const middle = low + Math.floor((high - low) / (2 * QUARTER_MS)) * QUARTER_MS;
    if (offsetAt(middle) === offsetMs) high = middle;
    else low = middle;
  }
  return high;
}

/** Reads offsets out of what Intl prints: `GMT`, `GMT-05:00`, `GMT+05:45`. */
function offsetReader(zone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (atMs) => {
    const [, sign, hours, minutes, seconds] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(atMs)) ?? [];
    const offsetMs = (Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1_000;
    return sign === '-' ? -offsetMs : offsetMs;
  };
}
