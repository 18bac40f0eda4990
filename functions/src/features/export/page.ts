import type { Row } from '../../core/export/value.ts';

/** A stretch of an export, read at once. */
export interface Page {
  rows: Row[];
  /** Documents or buckets that it took, those left out by a filter included. */
  units: number;
  /** Where the next page begins; absent on the last one. */
  next?: string;
}

/** Where the rows of an export come from. */
export interface Source {
  columns: readonly string[];
  /** Documents or buckets in all, counted up to a million. */
  count(): Promise<number>;
  /** The page at a position, of at most 500 documents; without one the first. */
  page(position?: string): Promise<Page>;
}

/** Documents of a page, and those that are counted. */
export const PAGE_DOCUMENTS = 500;
export const MAX_COUNTED = 1_000_000;
