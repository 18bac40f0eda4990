import assert from 'node:assert/strict';
import type { Stack } from '../../../../local/stack/in-process.ts';
import { userKeyOf } from '../../../src/core/events/draft.ts';
import { reportedGenerationId } from '../../../src/core/ingest/metrics.ts';
import { type Client, capturedLogs, clientFor, type Logs } from '../../stack/harness.ts';
import { NOVEMBER, november } from '../analytics/november.ts';
import { open, report, reported } from '../ingest/reports.ts';
import { download, recordsOf } from './download.ts';

const id = (name: string) => reportedGenerationId('studio', name);
const [ann, bob, cy] = ['ann', 'bob', 'cy'].map(userKeyOf);

const GENERATIONS_CSV = `${[
  'generationId,source,reported,requestedAt,endedAt,provider,model,kind,style,outcome,errorCode,fault,userKey,queueMs,renderMs,renderUncertaintyMs,storeMs,totalMs,attempts,videosAsked,videosDelivered,videosBlocked,videoSec,costUsd,costIsEstimate,wasteUsd,possibleWasteUsd,chargedCredits,ratingStars,quality',
  `${id('e')},studio,true,2024-11-30T23:30:00.000Z,2024-11-30T23:30:30.000Z,google,veo-3.1-generate-001,text_to_video,,failed,provider_internal,provider,${cy},2000,25000,,,30000,1,1,0,0,0,0.4,false,0.4,0,0,,`,
  `${id('d')},studio,true,2024-11-06T03:00:00.000Z,2024-11-06T03:00:30.000Z,kling,kling-v1,image_to_video,,succeeded,,,${cy},2000,25000,,3000,30000,1,1,1,0,8,0.4,false,0,0,0,,`,
  `${id('c')},studio,true,2024-11-05T12:00:00.000Z,2024-11-05T12:00:30.000Z,kling,kling-v2,text_to_video,vintage,failed,provider_internal,provider,${ann},2000,25000,,,30000,1,1,0,0,0,0.4,false,0.4,0,0,,`,
  `${id('b')},studio,true,2024-11-05T11:00:00.000Z,2024-11-05T11:00:30.000Z,kling,kling-v2,text_to_video,noir,succeeded,,,${bob},2000,25000,,3000,30000,1,1,1,0,8,0.8,false,0,0,0,2,`,
  `${id('a')},studio,true,2024-11-05T10:00:00.000Z,2024-11-05T10:00:30.000Z,kling,kling-v2,text_to_video,noir,succeeded,,,${ann},2000,25000,,3000,30000,1,1,1,0,8,0.4,false,0,0,0,5,0.9`,
].join('\r\n')}\r\n`;

/** An hour into the first of December in New York, as november() begins. */
const REPORTED_AT = '2024-12-01T06:00:00.000Z';

describe('exports, value by value', function () {
  this.timeout(60_000);
  let stack: Stack;
  let logs: Logs;
  let analyst: Client;

  before(async () => {
    logs = capturedLogs();
    stack = await november();
    analyst = await clientFor(stack, 'analyst', { role: 'analyst' });
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });

  const get = (query: string) => download(stack.url, analyst.idToken, query);

  it('gives generations as CSV, the latest first', async () => {
    const { text, headers } = await get(`dataset=generations&${NOVEMBER}`);
    assert.equal(text, GENERATIONS_CSV);
    assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
    assert.equal(headers.get('content-disposition'), 'attachment; filename="generations-2024-11-01-2024-12-01.csv"');
    assert.equal(headers.get('cache-control'), 'private, no-store');
    assert.equal(headers.get('x-export-as-of'), '2024-12-01T06:03:00.000Z');
  });

  it('gives the same in JSON and a line each, with null for what is empty in CSV', async () => {
    const json = await get(`dataset=generations&format=json&${NOVEMBER}`);
    const rows = JSON.parse(json.text);
    assert.equal(json.headers.get('content-type'), 'application/json; charset=utf-8');
    const asCsv = rows.map((row: object) => Object.values(row).map((value) => (value === null ? '' : String(value))));
    assert.deepEqual(
      asCsv,
      recordsOf(GENERATIONS_CSV).map((record) => Object.values(record)),
    );
    assert.deepEqual(Object.keys(rows[0]), Object.keys(recordsOf(GENERATIONS_CSV)[0] ?? {}));
    const lines = await get(`dataset=generations&format=ndjson&${NOVEMBER}`);
    assert.equal(lines.headers.get('content-type'), 'application/x-ndjson; charset=utf-8');
    assert.equal(lines.text, rows.map((row: object) => `${JSON.stringify(row)}\n`).join(''));
  });

  for (const [filter, expected] of [
    ['provider=google', ['e']],
    ['model=kling-v2', ['c', 'b', 'a']],
    ['kind=image_to_video', ['d']],
    ['style=noir', ['b', 'a']],
    ['outcome=failed', ['e', 'c']],
    ['outcome=failed&model=kling-v2&style=vintage', ['c']],
    ['tz=America/New_York', ['f', 'e', 'd', 'c', 'b', 'a']],
  ] as const) {
    it(`leaves out what ${filter} does not mean`, async () => {
      const { text } = await get(`dataset=generations&${NOVEMBER}&${filter}`);
      assert.deepEqual(
        recordsOf(text).map((record) => record.generationId),
        expected.map(id),
      );
    });
  }

  it('gives the log as it was recorded, the body of an event as JSON', async () => {
    const { text } = await get('dataset=events&range=24h');
    const records = recordsOf(text);
    assert.equal(records.length, 7);
    assert.deepEqual(Object.keys(records[0] ?? {}), [
      ...['eventId', 'type', 'recordedAt', 'occurredAt', 'userKey', 'cellKey', 'body'],
    ]);
    const end = records.find((record) => record.body?.includes(id('b'))) ?? assert.fail();
    assert.deepEqual(
      { ...end, eventId: '' },
      {
        ...{ eventId: '', type: 'generation.succeeded', recordedAt: REPORTED_AT },
        ...{ occurredAt: '2024-11-05T11:00:30.000Z', userKey: bob, cellKey: 'kling/kling-v2/text_to_video' },
        body: `{"attempts":1,"chargedCredits":0,"costUsdMicros":800000,"generationId":"${id('b')}","kind":"text_to_video","model":"kling-v2","possibleWasteUsdMicros":0,"provider":"kling","queueMs":2000,"ratingStars":2,"renderMs":25000,"requestedAt":"2024-11-05T11:00:00.000Z","storeMs":3000,"style":"noir","totalMs":30000,"videoSec":8,"videosBlocked":0,"videosDelivered":1,"wasteUsdMicros":0}`,
      },
    );
    const json = JSON.parse((await get('dataset=events&range=24h&format=json')).text);
    assert.deepEqual(
      json.map(({ body, ...rest }: { body: object }) => ({ ...rest, body: JSON.stringify(body) })),
      records,
    );
    const lines = (await get('dataset=events&range=24h&format=ndjson')).text.split('\n').slice(0, -1);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      json,
    );
  });

  it('gives only the types of events that are asked for', async () => {
    const { text } = await get('dataset=events&range=24h&types=generation.failed,signup');
    assert.deepEqual(
      recordsOf(text)
        .map((record) => record.type)
        .sort(),
      ['generation.failed', 'generation.failed'],
    );
  });

  it('gives the cells of buckets with every metric and what it rests on', async () => {
    const { text } = await get(`dataset=rollups&granularity=1d&${NOVEMBER}`);
    const records = recordsOf(text);
    const cells = records.map(({ bucketStart, provider, model, kind, arrivals, succeeded }) =>
      [bucketStart?.slice(0, 10), provider, model, kind, arrivals, succeeded].join(' '),
    );
    assert.deepEqual(cells, [
      '2024-11-05 kling kling-v2 text_to_video 3 2',
      '2024-11-06 kling kling-v1 image_to_video 1 1',
      '2024-11-30 google veo-3.1-generate-001 text_to_video 1 0',
    ]);
    const [first, , last] = records;
    assert.ok(first && last);
    const { bucketEnd, zone, complete, successRate, successRateN, costUsd, costUsdN, qualityMean, ratings5 } = first;
    assert.deepEqual([bucketEnd, zone, complete], ['2024-11-06T00:00:00.000Z', 'UTC', 'true']);
    assert.deepEqual([successRate, successRateN, costUsd, costUsdN], ['0.6666666666666666', '3', '1.6', '3']);
    assert.deepEqual(
      [qualityMean, first.qualityMeanN, ratings5, first.users, first.usersExact],
      [...['0.9', '1', '1', '2', 'true']],
    );
    assert.deepEqual([last.qualityMean, last.qualityMeanN, last.storeMsMean, last.storeMsMeanN], ['', '0', '', '0']);
    const json = JSON.parse((await get(`dataset=rollups&granularity=1d&format=json&${NOVEMBER}`)).text);
    assert.deepEqual([json[0].successRate, json[0].complete, json[2].qualityMean], [2 / 3, true, null]);
    const lines = (await get(`dataset=rollups&granularity=1d&format=ndjson&${NOVEMBER}`)).text;
    assert.deepEqual(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      json,
    );
  });

  it('cuts days by the clocks of a reporting zone', async () => {
    const { text } = await get(`dataset=rollups&granularity=1d&${NOVEMBER}&tz=America/New_York&provider=kling`);
    assert.deepEqual(
      recordsOf(text).map(({ bucketStart, model, arrivals }) => [bucketStart, model, arrivals].join(' ')),
      [
        '2024-11-05T05:00:00.000Z kling-v1 1',
        '2024-11-05T05:00:00.000Z kling-v2 3',
        '2024-11-30T05:00:00.000Z kling-v2 1',
      ],
    );
  });

  it('reads buckets, not generations, for rollups', async () => {
    await get('dataset=rollups&granularity=1d&range=7d');
    stack.cloud.firestore.resetUsage();
    await get('dataset=rollups&granularity=1d&range=7d');
    const { reads } = stack.cloud.firestore.usage().total;
    // 8 days of 8 parts and how far aggregation is; what else is read of who asks is little.
    assert.ok(reads <= 70, String(reads));
  });

  it('leaves open what nobody knows yet, and says what it does not count yet', async () => {
    const ingest = await clientFor(stack, 'ingest2', { role: 'ingest' });
    await reported(ingest, { ...open('under-way'), requestedAt: '2024-12-01T05:00:00Z' });
    const unpriced = { model: 'kling-v9', requestedAt: '2024-12-01T05:30:00Z', endedAt: '2024-12-01T05:30:30Z' };
    await reported(ingest, report('unpriced', { ...unpriced, costUsd: undefined }));
    const { text } = await get('dataset=generations&from=2024-12-01T05:00:00Z&to=2024-12-01T06:00:00Z');
    const known = recordsOf(text).map((record) =>
      [record.outcome, record.attempts, record.videosDelivered, record.costUsd, record.wasteUsd, record.totalMs].join(),
    );
    assert.deepEqual(known, ['succeeded,1,1,,,30000', ',,,,,']);
    const early = await get('dataset=events&range=24h');
    assert.ok(!early.text.includes(id('unpriced')), 'younger than 10 s: others may still be recorded before it');
    await stack.host.advanceBy(11_000);
    assert.ok((await get('dataset=events&range=24h')).text.includes(id('unpriced')));
  });
});
