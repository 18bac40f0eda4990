import type { Person } from '../core/insights/person.ts';
import { firestore, plainConverter } from './firestore.ts';

/** What was found of one user, kept for the UTC day; Firestore deletes it by TTL. Who it is about can be told only by their uid. */
export interface PersonInsight {
  /** `person_` and the user's key in events. */
  id: string;
  /** The UTC date on which it holds. */
  day: string;
  /** Everything recorded up to here is in it. */
  through: Date;
  computedAt: Date;
  expireAt: Date;
  person: Person;
}

/** `user_behavior_insights`: beside a document a period, one a user whose insight was asked for lately. */
export const personInsight = (userKey: string) =>
  firestore()
    .collection('user_behavior_insights')
    .withConverter(plainConverter<PersonInsight>())
    .doc(`person_${userKey}`);
