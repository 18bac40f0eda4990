import type { Found } from '../../src/core/insights/business/schema.ts';
import { DAY, isIn, median, type Span, type Told } from './expected.ts';
import { signups } from './expectedActivity.ts';

export function expectedFunnel(told: readonly Told[], span: Span): Found<'funnel'> {
  const took = { asked: [] as number[], downloaded: [] as number[], paid: [] as number[] };
  const cohort = [...signups(told)].filter(([, atMs]) => isIn(atMs, span));
  for (const [user, signedUpMs] of cohort) {
    const within = { startMs: signedUpMs, endMs: signedUpMs + 30 * DAY };
    const mine = told.filter((event) => event.user === user);
    const first = (times: number[], sinceMs: number) =>
      times.filter((ms) => ms >= sinceMs && isIn(ms, within)).sort((a, b) => a - b)[0];
    const ofType = (type: string) => mine.filter((event) => event.type === type).map(({ atMs }) => atMs);
    const reported = mine.flatMap(({ body }) => (body.requestedAt ? [body.requestedAt.getTime()] : []));
    const askedMs = first([...ofType('generation.requested'), ...reported], signedUpMs);
    if (askedMs === undefined) continue;
    took.asked.push(askedMs - signedUpMs);
    const downloadedMs = first(ofType('generation.downloaded'), askedMs);
    if (downloadedMs === undefined) continue;
    took.downloaded.push(downloadedMs - askedMs);
    const paidMs = first(ofType('payment.succeeded'), downloadedMs);
    if (paidMs !== undefined) took.paid.push(paidMs - downloadedMs);
  }
  const step = (times: number[]) => {
    const medianMs = median(times);
    return { users: times.length, ...(medianMs !== undefined && { medianMs }) };
  };
  return {
    signups: cohort.length,
    ...{ asked: step(took.asked), downloaded: step(took.downloaded), paid: step(took.paid) },
  };
}
