import { readFileSync } from 'node:fs';
import { parseFieldPath } from '../values/field-path.ts';
import type { Direction } from '../wire.ts';

export type QueryScope = 'COLLECTION' | 'COLLECTION_GROUP';

/** One field of an index, spelled as in firestore.indexes.json. */
export interface IndexField {
  fieldPath: string;
  order?: Direction;
  arrayConfig?: 'CONTAINS';
}

export interface CompositeIndex {
  collectionGroup: string;
  queryScope: QueryScope;
  /** Ends with `__name__`, which the file may leave out. */
  fields: IndexField[];
}

/** The kinds of single-field index that one field has. */
export type SingleFieldIndex = `${QueryScope} ${Direction | 'CONTAINS'}`;

interface FieldOverride {
  collectionGroup: string;
  fieldPath: string;
  ttl?: boolean;
  indexes?: { order?: Direction; arrayConfig?: 'CONTAINS'; queryScope?: QueryScope }[];
}

const KINDS = ['COLLECTION ASCENDING', 'COLLECTION DESCENDING', 'COLLECTION CONTAINS'] as const;
const AUTOMATIC: ReadonlySet<SingleFieldIndex> = new Set(KINDS);

/** What firestore.indexes.json declares, and the single-field indexes that Firestore keeps by itself. */
export class IndexDefinitions {
  readonly ttlFields: readonly FieldOverride[];
  /** Changes when the stored entries no longer fit the definitions. */
  readonly signature: string;
  #overrides = new Map<string, ReadonlySet<SingleFieldIndex>>();
  #composites: ReadonlyMap<string, CompositeIndex[]>;

  constructor({ indexes = [], fieldOverrides = [] }: { indexes?: CompositeIndex[]; fieldOverrides?: FieldOverride[] }) {
    const composites = new Map(indexes.map(withNameField).map((index) => [JSON.stringify(index), index]));
    this.#composites = Map.groupBy(composites.values(), (index) => index.collectionGroup);
    this.ttlFields = fieldOverrides.filter((override) => override.ttl);
    for (const { collectionGroup, fieldPath, indexes: own } of fieldOverrides) {
      const kinds = own?.map(
        ({ queryScope = 'COLLECTION', order = 'ASCENDING', arrayConfig }): SingleFieldIndex =>
          `${queryScope} ${arrayConfig ?? order}`,
      );
      if (kinds) this.#overrides.set(`${collectionGroup}/${fieldPath}`, new Set(kinds));
    }
    this.signature = JSON.stringify([...composites.keys(), ...fieldOverrides]);
  }

  /** Throws when the file is not there or not JSON. */
  static fromFile(file: string | undefined): IndexDefinitions {
    return new IndexDefinitions(file ? JSON.parse(readFileSync(file, 'utf8')) : {});
  }

  compositesOf(collectionGroup: string): readonly CompositeIndex[] {
    return this.#composites.get(collectionGroup) ?? [];
  }

  /** A field inside a map follows its own override, else the map's, else the collection group's `*`. */
  singleField(collectionGroup: string, fieldPath: string): ReadonlySet<SingleFieldIndex> {
    if (this.#overrides.size === 0) return AUTOMATIC;
    for (let end = fieldPath.length; end > 0; end = fieldPath.lastIndexOf('.', end - 1)) {
      const override = this.#overrides.get(`${collectionGroup}/${fieldPath.slice(0, end)}`);
      if (override) return override;
    }
    return this.#overrides.get(`${collectionGroup}/*`) ?? AUTOMATIC;
  }
}

function withNameField(index: CompositeIndex): CompositeIndex {
  for (const { fieldPath } of index.fields) parseFieldPath(fieldPath);
  const last = index.fields.at(-1);
  const name: IndexField = { fieldPath: '__name__', order: last?.order ?? 'ASCENDING' };
  return last?.fieldPath === name.fieldPath ? index : { ...index, fields: [...index.fields, name] };
}
