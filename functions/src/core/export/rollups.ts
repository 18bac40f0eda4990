import { subjectOf } from '../analytics/groups.ts';
import type { Bucket } from '../rollup/bucket.ts';
import type { Cell } from '../rollup/cell.ts';
import { METRICS } from '../rollup/metrics.ts';
import { readUsers } from '../rollup/read.ts';
import { ratingHistogram } from '../rollup/reading.ts';
import { type Column, isoOf } from './value.ts';

/** One cell of one bucket. */
export interface BucketCell {
  bucket: Bucket;
  /** provider/model/kind */
  key: string;
  cell: Cell;
  /** Everything recorded up to here is in it. */
  throughMs: number;
}

const metricColumns = METRICS.flatMap(({ name, read }): Column<BucketCell>[] => [
  [name, ({ cell }) => read(cell).value],
  [`${name}N`, ({ cell }) => read(cell).n],
]);

const ratingColumns = [1, 2, 3, 4, 5].map((stars): Column<BucketCell> => {
  const count = ({ cell }: BucketCell) => ratingHistogram(cell).find((each) => each.stars === stars)?.count;
  return [`ratings${stars}`, count];
});

/** One row a bucket, provider, model and kind: every metric, followed by how many generations it rests on (`…N`). */
export const ROLLUP_COLUMNS: readonly Column<BucketCell>[] = [
  ['bucketStart', ({ bucket }) => isoOf(new Date(bucket.startMs))],
  ['bucketEnd', ({ bucket }) => isoOf(new Date(bucket.endMs))],
  ['granularity', ({ bucket }) => bucket.granularity],
  ['zone', ({ bucket }) => bucket.zone],
  ['complete', ({ bucket, throughMs }) => bucket.endMs <= throughMs],
  ['provider', ({ key }) => subjectOf(key).provider],
  ['model', ({ key }) => subjectOf(key).model],
  ['kind', ({ key }) => subjectOf(key).kind],
  ...metricColumns,
  ['users', ({ cell }) => readUsers(cell)?.value],
  ['usersExact', ({ cell }) => readUsers(cell)?.exact],
  ...ratingColumns,
];
