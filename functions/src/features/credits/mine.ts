import type { Account } from '../../core/account/account.ts';
import { type Usage, usageOf } from '../../core/account/limits.ts';
import type { Actor } from '../../core/actor.ts';
import type { LedgerEntry } from '../../core/credit/ledger.ts';
import type { TierLimits } from '../../core/settings/settings.ts';
import { shardOf } from '../../core/shard.ts';
import { now } from '../../platform/clock.ts';
import { creditLedger } from '../../platform/collections.ts';
import { type Page, type PageAsked, pageByTime } from '../../platform/page.ts';
import { currentSettings } from '../settings/index.ts';
import { findAccount } from './account.ts';

/** What somebody has, may use, and has used. */
export interface Standing {
  account: Account;
  limits: TierLimits;
  usage: Usage;
}

/** Where an actor stands now; somebody who has not asked for anything yet is shown what they would begin with. */
export async function standingOf(actor: Actor): Promise<Standing> {
  const settings = await currentSettings();
  const { account } = await findAccount(actor, settings, now());
  return { account, limits: settings.limits[account.tier], usage: usageOf(account, now()) };
}

/** A user's ledger entries, newest first. Throws `invalid_request` for a cursor that is not ours. */
export function ledgerOf(uid: string, asked: PageAsked): Promise<Page<LedgerEntry>> {
  const own = creditLedger().where('shard', '==', shardOf(uid)).where('uid', '==', uid);
  return pageByTime(own, 'at', asked);
}
