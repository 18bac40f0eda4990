import { type KnownModels, knownModels } from '../../core/ingest/cell.ts';
import type { IngestContext } from '../../core/ingest/metrics.ts';
import { KNOWN_MODELS } from '../../params.ts';
import { now } from '../../platform/clock.ts';
import { currentSettings } from '../settings/index.ts';

/** The models that count by name here. */
export function modelsByName(): KnownModels {
  return knownModels(KNOWN_MODELS.value());
}

/** What reports are completed with, now. */
export async function ingestContext(): Promise<IngestContext> {
  return { now: now(), known: modelsByName(), prices: (await currentSettings()).prices };
}
