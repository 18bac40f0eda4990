/** A series that Cloud Monitoring did not take, by its place in the request. */
export interface RefusedSeries {
  index: number;
  /** There is a point as new already, or one of a few seconds before: what was to be said is said. */
  tooEarly: boolean;
  message: string;
}

/** How the API begins the error of a request of which it may have kept a part. */
const PARTIAL = 'One or more TimeSeries could not be written: ';
const TOO_EARLY = /written more frequently than|must be written in order/;

/**
 * The series of a request that were refused, as the API's error lists them: `timeSeries[3,8-12]` and a reason, each with a semicolon
 * after it. Undefined where the error is of another kind and nothing was written.
 */
export function refusedSeries(message: string): RefusedSeries[] | undefined {
  const [, list] = message.split(PARTIAL);
  if (list === undefined) return undefined;
  const refused = list.split('; ').flatMap((part) => {
    const indexes = [...part.matchAll(/timeSeries\[([\d,-]+)\]/g)].flatMap(([, places = '']) => indexesIn(places));
    return indexes.map((index) => ({ index, tooEarly: TOO_EARLY.test(part), message: part }));
  });
  return refused.length > 0 ? refused : undefined;
}

function indexesIn(places: string): number[] {
  return places.split(',').flatMap((place) => {
    const [from = 0, to = from] = place.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, more) => from + more);
  });
}
