import type { AuditActor } from '../core/access/audit.ts';
import type { Episode, TimelineEntry } from '../core/alert/episode.ts';
import type { Notification } from '../core/alert/notification.ts';
import type { Rule } from '../core/alert/rule.ts';
import { firestore, plainConverter } from './firestore.ts';

/** A rule as it is stored, under its slug. */
export interface StoredRule extends Rule {
  id: string;
  /** Raised by each change. */
  version: number;
  origin: 'default' | 'api' | 'file';
  updatedAt: Date;
  updatedBy: AuditActor | 'system';
}

/** An episode as it is stored. */
export type StoredEpisode = Episode & { shard: number };

/** `alert_rules`: what is watched. */
export const alertRules = () => firestore().collection('alert_rules').withConverter(plainConverter<StoredRule>());

/** `alert_instances`: episodes of alerts. */
export const alertEpisodes = () =>
  firestore().collection('alert_instances').withConverter(plainConverter<StoredEpisode>());

/** `alert_instances/{id}/timeline`: what happened in an episode; documents, under their seq, are only ever created. */
export const timeline = (episodeId: string) =>
  firestore()
    .collection('alert_instances')
    .doc(episodeId)
    .collection('timeline')
    .withConverter(plainConverter<TimelineEntry & { id: string }>());

/** `notifications`: the outbox. */
export const notifications = () =>
  firestore().collection('notifications').withConverter(plainConverter<Notification>());
