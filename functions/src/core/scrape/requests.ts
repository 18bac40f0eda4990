import { addedUp, REQUEST_BOUNDS_MS } from './bounds.ts';
import type { Family } from './exposition.ts';
import { histogramOf } from './histogram.ts';

/** A route of the route table, as `METHOD /path`; what is not in it is `other`. */
export interface Answered {
  route: string;
  status: number;
  /** Whole ms. */
  durationMs: number;
}

/** Sums by route and name: the parts of the histogram, by upper bound; `sumMs`; and the classes of status, such as `4xx`. */
export type RequestCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

export const OTHER_ROUTE = 'other';
const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx'];

/** Each route has at most 18 names here: 13 of the histogram, `sumMs`, and the classes. */
const MAX_ROUTES_AT_ONCE = 25;

/** Counts in portions of which each can be added in one commit: Firestore allows 500 increments of one document. */
export function portionsOf(counts: RequestCounts): RequestCounts[] {
  const all = [...counts];
  const length = Math.ceil(all.length / MAX_ROUTES_AT_ONCE);
  return Array.from({ length }, (_, n) => new Map(all.slice(n * MAX_ROUTES_AT_ONCE, (n + 1) * MAX_ROUTES_AT_ONCE)));
}

/** The class of a status. */
export const classOf = (status: number) => `${Math.floor(status / 100)}xx`;

/** Answers by class of status, of all routes together. */
export function answersIn(counts: RequestCounts): ReadonlyMap<string, number> {
  const answers = new Map<string, number>();
  for (const sums of counts.values())
    for (const status of STATUS_CLASSES) {
      const count = sums.get(status) ?? 0;
      if (count > 0) answers.set(status, (answers.get(status) ?? 0) + count);
    }
  return answers;
}

/** The API's answers as metrics by route and method. */
export function requestFamilies(counts: RequestCounts): Family[] {
  const all = Array.from(counts, ([route, sums]) => {
    const [method = OTHER_ROUTE, endpoint = OTHER_ROUTE] = route.split(' ');
    return { labels: { endpoint, method }, sums };
  });
  return [
    {
      ...{ name: 'api_requests_total', type: 'counter' },
      help: 'Answers of the API, by the class of their status; checks of its health are left out.',
      // Each class from the beginning: of a series that begins with 1, nobody sees that it rose.
      samples: all.flatMap(({ labels, sums }) =>
        STATUS_CLASSES.map((status) => ({ labels: { ...labels, status }, value: sums.get(status) ?? 0 })),
      ),
    },
    {
      ...{ name: 'api_request_duration_seconds', type: 'histogram' },
      help: 'How long the API took to answer; checks of its health are left out.',
      samples: all.map(({ labels, sums }) =>
        histogramOf(labels, addedUp(sums, REQUEST_BOUNDS_MS), sums.get('sumMs') ?? 0, REQUEST_BOUNDS_MS),
      ),
    },
  ];
}
