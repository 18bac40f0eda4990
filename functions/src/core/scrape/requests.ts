import { REQUEST_BOUNDS_MS } from './bounds.ts';
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
const STATUS_CLASS = /^[1-5]xx$/;

/** The class of a status. */
export const classOf = (status: number) => `${Math.floor(status / 100)}xx`;

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
      samples: all.flatMap(({ labels, sums }) =>
        Array.from(sums)
          .filter(([name]) => STATUS_CLASS.test(name))
          .map(([status, value]) => ({ labels: { ...labels, status }, value })),
      ),
    },
    {
      ...{ name: 'api_request_duration_seconds', type: 'histogram' },
      help: 'How long the API took to answer; checks of its health are left out.',
      samples: all.map(({ labels, sums }) => histogramOf(labels, sums, sums.get('sumMs') ?? 0, REQUEST_BOUNDS_MS)),
    },
  ];
}
