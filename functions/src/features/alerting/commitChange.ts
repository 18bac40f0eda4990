import type { ChannelInfo } from '../../channels/index.ts';
import type { AuditRecord } from '../../core/access/audit.ts';
import type { Change } from '../../core/alert/change.ts';
import type { Episode, TimelineEntry } from '../../core/alert/episode.ts';
import type { Notification } from '../../core/alert/notification.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { canonicalJson } from '../../core/hash.ts';
import { shardOf } from '../../core/shard.ts';
import { alertEpisodes, notifications, timeline } from '../../platform/alerts.ts';
import { recordAudit } from '../../platform/audit.ts';
import { now } from '../../platform/clock.ts';
import { commitUnlessChanged, replace, type Version, type WriteBatch } from '../../platform/firestore.ts';
import { type Fence, moveFence } from './fence.ts';
import type { LoadedEpisode } from './loadEpisode.ts';
import { outgoing } from './outbox.ts';
import { enqueueSteps } from './tasks.ts';

/** A change of an episode, with what it rests on. */
export interface ChangeToCommit {
  /** What the change was decided on; undefined: a new episode. */
  before: LoadedEpisode | undefined;
  change: Change;
  /** What messages tell of. */
  rule: Rule;
  channels: readonly ChannelInfo[];
  /** Of a person's action. */
  audit?: AuditRecord;
  /** Of an evaluation: the change is made only if nobody moved the fence. */
  fence?: Fence;
}

/**
 * Writes a change of an episode: the episode, its timeline, what goes out and who did it, all or nothing, then enqueues the tasks.
 * False when what it was decided on is no longer so: read again, decide again.
 */
export async function commitChange(commit: ChangeToCommit): Promise<boolean> {
  return (await commitVersioned(commit)) !== undefined;
}

/** The same; answers the version of all documents written. */
export async function commitVersioned(commit: ChangeToCommit): Promise<Version | undefined> {
  const { before, change, audit, fence } = commit;
  const { entries, notices } = toWrite(commit);
  const committed = await commitUnlessChanged((batch) => {
    if (fence) moveFence(batch, fence);
    writeEpisode(batch, before, change.episode);
    const id = change.episode?.id;
    if (id !== undefined) for (const entry of entries) batch.create(timeline(id).doc(`${entry.seq}`), storable(entry));
    for (const notice of notices) batch.create(notifications().doc(notice.id), notice);
    if (audit) recordAudit(batch, audit);
  });
  const version = committed ?? (await ownVersion(change.episode, entries));
  if (version) await enqueueSteps(change.episode, notices);
  return version;
}

/**
 * The version that this very change was written as: a commit whose answer is lost is repeated by Firestore's client, and then meets
 * its own writes. Undefined when it was somebody else's, or nothing tells (what has no line changes nothing when decided anew).
 */
async function ownVersion(
  episode: Episode | undefined,
  [first]: readonly TimelineEntry[],
): Promise<Version | undefined> {
  if (!episode || !first) return undefined;
  const there = await timeline(episode.id).doc(`${first.seq}`).get();
  return plainText(there.data()) === plainText(storable(first)) ? there.updateTime : undefined;
}

const plainText = (entry: TimelineEntry | undefined) => canonicalJson(JSON.parse(JSON.stringify(entry ?? null)));

/** The timeline's lines and the outbox's entries; where nobody can be told, the line says so. */
function toWrite({ change, rule, channels }: ChangeToCommit): { entries: TimelineEntry[]; notices: Notification[] } {
  const { episode, effects } = change;
  const entries = [...change.timeline];
  const notices: Notification[] = [];
  if (!episode) return { entries, notices };
  for (const effect of effects) {
    const at = entryIndex(entries, effect.key, effect.reason);
    const entry = entries[at];
    if (!entry) throw new Error(`${effect.key} of ${episode.id} has no line in the timeline`);
    const { notifications: found, gap } = outgoing({ rule, episode, entry, channels, at: now() }, effect);
    notices.push(...found);
    if (gap) entries[at] = { ...entry, sentence: `${entry.sentence} ${gap}` };
  }
  return { entries, notices };
}

/** The line that an effect belongs to: `<seq>.<reason>` names it, else the latest of the reason, else the latest. */
function entryIndex(entries: readonly TimelineEntry[], key: string, reason: string): number {
  const bySeq = entries.findIndex(({ seq }) => key.startsWith(`${seq}.`));
  if (bySeq >= 0) return bySeq;
  const byReason = entries.findLastIndex((entry) => entry.reason === reason);
  return byReason >= 0 ? byReason : entries.length - 1;
}

function writeEpisode(batch: WriteBatch, before: LoadedEpisode | undefined, next: Episode | undefined): void {
  const ref = (id: string) => alertEpisodes().doc(id);
  if (next && before) {
    replace(batch, ref(next.id), stored(before.episode), stored(next), before.version);
  } else if (next) {
    batch.create(ref(next.id), stored(next));
  } else if (before) {
    const { id, seq } = before.episode;
    batch.delete(ref(id), { lastUpdateTime: before.version });
    for (let line = 1; line <= seq; line++) batch.delete(timeline(id).doc(`${line}`));
  }
}

const stored = (episode: Episode) => ({ ...episode, shard: shardOf(episode.id) });

const storable = (entry: TimelineEntry) => ({ ...entry, id: `${entry.seq}` });
