import assert from 'node:assert/strict';
import type { RowEvent } from '../../../src/core/warehouse/row.ts';
import { type StartedWarehouse, startWarehouse } from '../started.ts';

const at = (time: string) => new Date(`2026-03-${time}Z`);
const view = (id: string, time: string): RowEvent => ({
  ...{ id, type: 'page.viewed', occurredAt: at(time), userKey: 'u', body: { page: '/' } },
});
/** Told on the 10th of a generation that had ended on the 2nd, where it counts. */
const rating: RowEvent = {
  ...{ id: 'rated', type: 'generation.rated', occurredAt: at('10T12:00:00'), userKey: 'u', cellKey: 'p/m/k' },
  body: {
    ...{ generationId: 'g', provider: 'p', model: 'm', kind: 'text_to_video', from: null, to: 5, videoSec: 8 },
    endedAt: at('02T23:59:59'),
  },
};

describe('the ids of the events of a stretch', () => {
  let warehouse: StartedWarehouse;
  before(async () => {
    warehouse = await startWarehouse();
    const times = { early: '09T23:59:59', first: '10T00:00:00', middle: '10T12:00:00', last: '11T06:00:00' };
    const views = Object.entries({ ...times, late: '11T06:00:01' }).map(([id, time]) => view(id, time));
    await warehouse.load([...views, rating]);
  });
  after(() => warehouse?.stop());

  const ids = async (stretch: Record<string, Date>) => {
    const rows = await warehouse.ask<{ event_id: string }>('warehouse/ids_of_stretch', stretch);
    return rows.map((row) => row.event_id).sort();
  };
  const recorded = { recordedFrom: at('10T00:00:00'), recordedTo: at('11T06:00:00') };

  it('are those recorded in it, both ends included', async () => {
    const counted = { countedFrom: at('02T23:59:59'), countedTo: at('11T06:00:00') };
    assert.deepEqual(await ids({ ...recorded, ...counted }), ['first', 'last', 'middle', 'rated']);
  });

  it('are of the days on which they count only', async () => {
    const counted = { countedFrom: at('03T00:00:00'), countedTo: at('10T12:00:00') };
    assert.deepEqual(await ids({ ...recorded, ...counted }), ['first', 'middle']);
  });
});
