import { BUSIEST_USER } from './scene.ts';

/** A request whose reads are counted. */
export interface Query {
  /** Whose it is: an analyst's, or a user's own. */
  as: 'analyst' | typeof BUSIEST_USER;
  path: string;
  /** Documents that it may read at most, where that is promised. */
  atMost?: number;
}

const NEW_YORK = 'tz=America/New_York';
const NOVEMBER = 'from=2024-11-01&to=2024-12-01';
const MODEL = 'model=veo-3.1-fast-generate-001';
const RANGES = ['range=24h', 'range=7d', 'range=30d'];

/** A named range of UTC. */
const RANGE_READS = 5;
/** A month of days of a reporting zone, alone and beside the month before. */
const MONTH_READS = 40;
const COMPARED_READS = 80;

const analyst = (path: string, query: string, atMost?: number): Query => ({
  ...{ as: 'analyst', path: `${path}?${query}` },
  ...(atMost !== undefined && { atMost }),
});

const SUMMARY: Query[] = [
  ...RANGES.map((range) => analyst('/summary', range, RANGE_READS)),
  analyst('/summary', 'range=7d&compare=previous'),
  analyst('/summary', `range=7d&${NEW_YORK}`),
  analyst('/summary', 'range=7d&provider=google'),
  analyst('/summary', NOVEMBER, MONTH_READS),
  analyst('/summary', `${NOVEMBER}&${NEW_YORK}`, MONTH_READS),
  analyst('/summary', `${NOVEMBER}&${NEW_YORK}&compare=previous`, COMPARED_READS),
  analyst('/summary', `${NOVEMBER}&${MODEL}`),
  analyst('/summary', `${NOVEMBER}&style=noir`),
  analyst('/summary', 'from=2024-12-09T21:07:00Z&to=2024-12-10T11:51:00Z'),
];

const PERFORMANCE: Query[] = [
  analyst('/performance', 'range=24h'),
  analyst('/performance', 'range=24h&granularity=15m'),
  analyst('/performance', 'range=7d&granularity=1h'),
  analyst('/performance', 'range=30d&granularity=1d'),
  analyst('/performance', `${NOVEMBER}&${NEW_YORK}&granularity=1d`),
  analyst('/performance', `range=7d&granularity=1h&${MODEL}`),
  analyst('/performance', 'from=2024-12-10T06:00:00Z&to=2024-12-10T12:00:00Z&granularity=1m'),
];

const ROWS: Query[] = ['/providers', '/errors', '/costs'].flatMap((path) => [
  ...RANGES.map((range) => analyst(path, range)),
  analyst(path, `${NOVEMBER}&${NEW_YORK}`),
  analyst(path, `range=7d&${MODEL}`),
]);

const COMPARED_ROWS: Query[] = [
  analyst('/providers', `${NOVEMBER}&${NEW_YORK}&by=provider&compare=previous`),
  analyst('/costs', 'range=7d&compare=previous'),
];

const LISTS: Query[] = [
  analyst('/metrics/generations', 'limit=50'),
  analyst('/metrics/generations', `limit=50&${NOVEMBER}`),
  analyst('/metrics/generations', `limit=10&${MODEL}&outcome=failed`),
];

/** What is asked of every store; `generationId` is one of the busiest user's. */
export function queries(generationId: string): Query[] {
  const own = (path: string): Query => ({ as: BUSIEST_USER, path });
  return [
    ...[...SUMMARY, ...PERFORMANCE, ...ROWS, ...COMPARED_ROWS, ...LISTS],
    ...[own('/generations?limit=10'), own(`/generations/${generationId}`), own(`/generations/${generationId}/metrics`)],
  ];
}
