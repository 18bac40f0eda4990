import assert from 'node:assert/strict';
import type { OutcomeRow, ScoreRow } from '../../src/core/insights/qualityCounted.ts';
import { type StartedWarehouse, startWarehouse } from '../warehouse/started.ts';
import { aboutCell, ENDED, eventMaker } from './behaviourEvents.ts';

const VEO = 'google/veo/text_to_video';
const LTX = 'fal/ltx/video/image_to_video';
const event = eventMaker();

/** An end with a score and a rating, each perhaps told later and then again. */
function told(
  cell: string,
  id: string,
  at: string,
  { score, first, stars }: { score?: number; first?: number; stars?: number },
) {
  const subject = aboutCell(cell, id);
  const after = { ...subject, endedAt: new Date(at) };
  return [
    event(
      'generation.succeeded',
      'ann',
      at,
      { ...subject, ...ENDED, ...(first !== undefined && { qualityThousandths: first }) },
      cell,
    ),
    ...(score !== undefined
      ? [
          event(
            'generation.scored',
            'ann',
            '2026-03-20',
            { ...after, scorer: 'm', from: first ?? null, to: score },
            cell,
          ),
        ]
      : []),
    ...(stars !== undefined
      ? [
          event('generation.rated', 'ann', '2026-03-21', { ...after, from: null, to: 1, videoSec: 8 }, cell),
          event('generation.rated', 'ann', '2026-03-22', { ...after, from: 1, to: stars, videoSec: 8 }, cell),
        ]
      : []),
  ];
}

describe('insights: quality by hand', () => {
  let warehouse: StartedWarehouse;
  // The week of Monday 9 March, and two days of it, one without anything.
  const [WEEK, MONDAY, TUESDAY] = ['2026-03-09/2026-03-16', '2026-03-09/2026-03-10', '2026-03-10/2026-03-11'];
  const asked = {
    periods: [WEEK, MONDAY, TUESDAY],
    from: new Date('2026-03-09T00:00:00Z'),
    to: new Date('2026-03-16T00:00:00Z'),
  };

  before(async () => {
    warehouse = await startWarehouse();
    await warehouse.load([
      ...told(VEO, 'g1', '2026-03-09T00:00:00Z', { score: 400, stars: 5 }),
      ...told(VEO, 'g2', '2026-03-09T23:59:59.999Z', { first: 1_000, score: 950 }),
      ...told(VEO, 'g3', '2026-03-11T12:00:00Z', { first: 1_000, stars: 3 }),
      ...told(LTX, 'g4', '2026-03-12T12:00:00Z', { score: 49, stars: 4 }),
      ...told(LTX, 'g5', '2026-03-12T12:00:00Z', {}),
      event(
        'generation.failed',
        'bob',
        '2026-03-09',
        { ...aboutCell(VEO, 'g6'), ...ENDED, errorCode: 'deadline_exceeded', fault: 'provider' },
        VEO,
      ),
      event(
        'generation.blocked',
        'bob',
        '2026-03-09',
        { ...aboutCell(VEO, 'g7'), ...ENDED, errorCode: 'content_blocked', fault: 'user' },
        VEO,
      ),
      event(
        'generation.failed',
        'bob',
        '2026-03-12',
        { ...aboutCell(VEO, 'g8'), ...ENDED, errorCode: 'deadline_exceeded', fault: 'provider' },
        VEO,
      ),
      // The weeks before and after.
      ...told(VEO, 'g9', '2026-03-08T23:59:59.999Z', { score: 1, stars: 1 }),
      ...told(VEO, 'g10', '2026-03-16T00:00:00Z', { score: 1, stars: 1 }),
    ]);
  });
  after(() => warehouse?.stop());

  it('scores', async () => {
    const rows = await warehouse.ask<ScoreRow>('quality/scores', asked);
    const short = rows.map(({ period, level, subject, n, total, squares, lowest, highest, ...rest }) => [
      ...[period === WEEK ? 'week' : period === MONDAY ? 'monday' : period, level, subject, n, total, squares],
      ...[lowest, highest, [1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => rest[`decile_${k}`]).join(' ')],
      Object.entries(rest)
        .flatMap(([name, value]) => (name.startsWith('bin_') && value > 0 ? [`${name}:${value}`] : []))
        .join(' '),
    ]);
    // Of 49, 400, 950 and 1,000 the deciles are at ranks 1 1 2 2 2 3 3 4 4; of two at 1 1 1 1 1 2 2 2 2; of three at 1 1 1 2 2 2 3 3 3.
    const veo = [3, 2_350, 2_062_500, 400, 1_000, '400 400 400 950 950 950 1000 1000 1000', 'bin_8:1 bin_19:2'];
    const ltx = [1, 49, 2_401, 49, 49, '49 49 49 49 49 49 49 49 49', 'bin_0:1'];
    const monday = [2, 1_350, 1_062_500, 400, 950, '400 400 400 400 400 950 950 950 950', 'bin_8:1 bin_19:1'];
    assert.deepEqual(short, [
      ['monday', 'all', '', ...monday],
      ['monday', 'cell', VEO, ...monday],
      ['monday', 'kind', 'text_to_video', ...monday],
      ['monday', 'model', 'google/veo', ...monday],
      ['monday', 'provider', 'google', ...monday],
      [
        'week',
        'all',
        '',
        4,
        2_399,
        2_064_901,
        49,
        1_000,
        '49 49 400 400 400 950 950 1000 1000',
        'bin_0:1 bin_8:1 bin_19:2',
      ],
      ['week', 'cell', LTX, ...ltx],
      ['week', 'cell', VEO, ...veo],
      ['week', 'kind', 'image_to_video', ...ltx],
      ['week', 'kind', 'text_to_video', ...veo],
      ['week', 'model', 'fal/ltx/video', ...ltx],
      ['week', 'model', 'google/veo', ...veo],
      ['week', 'provider', 'fal', ...ltx],
      ['week', 'provider', 'google', ...veo],
    ]);
  });

  it('outcomes, errors and ratings', async () => {
    const rows = await warehouse.ask<OutcomeRow>('quality/outcomes', asked);
    const short = rows
      .filter(({ level }) => level === 'all' || level === 'model')
      .map(({ period, level: _, subject, outcome, error, generations, ...stars }) => [
        ...[period === WEEK ? 'week' : period === MONDAY ? 'monday' : period, subject, outcome, error, generations],
        Object.values(stars).join(' '),
      ]);
    assert.deepEqual(short, [
      ['monday', '', 'blocked', 'content_blocked', 1, '0 0 0 0 0'],
      ['monday', '', 'failed', 'deadline_exceeded', 1, '0 0 0 0 0'],
      ['monday', '', 'succeeded', '', 2, '0 0 0 0 1'],
      ['monday', 'google/veo', 'blocked', 'content_blocked', 1, '0 0 0 0 0'],
      ['monday', 'google/veo', 'failed', 'deadline_exceeded', 1, '0 0 0 0 0'],
      ['monday', 'google/veo', 'succeeded', '', 2, '0 0 0 0 1'],
      ['week', '', 'blocked', 'content_blocked', 1, '0 0 0 0 0'],
      ['week', '', 'failed', 'deadline_exceeded', 2, '0 0 0 0 0'],
      ['week', '', 'succeeded', '', 5, '0 0 1 1 1'],
      ['week', 'fal/ltx/video', 'succeeded', '', 2, '0 0 0 1 0'],
      ['week', 'google/veo', 'blocked', 'content_blocked', 1, '0 0 0 0 0'],
      ['week', 'google/veo', 'failed', 'deadline_exceeded', 2, '0 0 0 0 0'],
      ['week', 'google/veo', 'succeeded', '', 3, '0 0 1 0 1'],
    ]);
  });
});
