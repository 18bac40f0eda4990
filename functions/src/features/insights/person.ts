import { type AuditActor, auditActor } from '../../core/access/audit.ts';
import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import { userKeyOf } from '../../core/events/draft.ts';
import { sha256 } from '../../core/hash.ts';
import { addDays, dateOf, msOf } from '../../core/insights/period.ts';
import { type Person, type PersonRow, personOf, personWindow } from '../../core/insights/person.ts';
import { auditLog, recordAudit } from '../../platform/audit.ts';
import { findAuthUser } from '../../platform/auth.ts';
import { QueryFailed, runQuery } from '../../platform/bigquery/query.ts';
import { now } from '../../platform/clock.ts';
import { commitUnlessChanged } from '../../platform/firestore.ts';
import { currentRequestId, logOf } from '../../platform/logs.ts';
import { personInsight } from '../../platform/personInsights.ts';
import { insightsAsOf } from './read.ts';

const log = logOf('insights');

/** What is told of a user, and up to when everything recorded is in it; null: nothing is in the warehouse yet. */
export interface PersonAnswer extends Person {
  through: string | null;
}

/**
 * What there is to tell a user about themself: nothing of payments, which they know. A query a user and day at most. Throws
 * AppError `unavailable` where there is no warehouse or it does not answer.
 */
export async function ownInsight({ uid }: Actor): Promise<PersonAnswer> {
  const { payments: _, ...own } = await insightOf(uid);
  return own;
}

/**
 * What an administrator sees of a user, who is found by uid or e-mail address. The audit log says who looked at whom, `from` where,
 * once a request. Throws AppError: `not_found`, else as `ownInsight` does.
 */
export async function insightOfUser(
  actor: Actor,
  from: string,
  uidOrEmail: string,
): Promise<PersonAnswer & { uid: string }> {
  const user = await findAuthUser(uidOrEmail);
  if (!user) throw new AppError('not_found', `There is no user ${uidOrEmail}.`);
  await tellWhoLooks(auditActor(actor), from, user.uid);
  return { uid: user.uid, ...(await insightOf(user.uid)) };
}

async function insightOf(uid: string): Promise<PersonAnswer> {
  const { through } = await insightsAsOf();
  const nowMs = now().getTime();
  if (!through) return { through: null, ...personOf([], nowMs) };
  const place = personInsight(userKeyOf(uid));
  const day = dateOf(nowMs);
  const kept = (await place.get()).data();
  if (kept?.day === day) return { through: kept.through.toISOString(), ...kept.person };
  const person = personOf(await ask(userKeyOf(uid), nowMs), nowMs);
  const times = { through, computedAt: now(), expireAt: new Date(msOf(addDays(day, 2))) };
  await place.set({ id: place.id, day, person, ...times });
  return { through: through.toISOString(), ...person };
}

async function ask(userKey: string, nowMs: number): Promise<PersonRow[]> {
  try {
    return await runQuery<PersonRow>('behaviour/person', { userKey, ...personWindow(nowMs) });
  } catch (error) {
    if (!(error instanceof QueryFailed)) throw error;
    log.error('could not look at a person', error, { reason: error.reason });
    throw new AppError('unavailable', 'The warehouse does not answer. Try again later.');
  }
}

/** A request that is sent again under its id is told of once; on another day it is another one, whatever it calls itself. */
async function tellWhoLooks(actor: AuditActor, from: string, uid: string): Promise<void> {
  const day = dateOf(now().getTime());
  const id = `look.${sha256('look', JSON.stringify(actor), uid, day, currentRequestId() ?? '')}`;
  const target = { type: 'user', id: uid };
  await commitUnlessChanged((batch) =>
    recordAudit(batch, { actor, action: 'user_insight.viewed', target, from }, auditLog().doc(id)),
  );
}
