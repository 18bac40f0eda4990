import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { WEBHOOK_SECRET } from '../../../local/vendors/notifications/accounts.ts';
import { isPublicAddress } from '../../src/channels/webhook/addresses.ts';
import { post, type Resolve } from '../../src/channels/webhook/post.ts';
import { webhookChannel } from '../../src/channels/webhook/send.ts';
import { messageOf } from './messages.ts';

const SETTINGS = { id: 'hook', kind: 'webhook', secret: WEBHOOK_SECRET } as const;

describe('channels: where webhooks may go', () => {
  const open = ['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8'];
  const closed = [
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '0.1.2.3', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '100.100.100.200', '192.0.0.192', '198.18.0.1', '192.0.2.1', '203.0.113.9'],
    ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
    ...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'fd20:ce::254', 'fec0::1', 'ff02::1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '::ffff:10.0.0.1', '::127.0.0.1', '::a00:1'],
    ...['64:ff9b::7f00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001::1', '2001:db8::1', '3fff::1', '100::1', '4000::1'],
    ...['', 'localhost', '1', 'x'],
  ];
  for (const address of open) it(`${address} is public`, () => assert.equal(isPublicAddress(address), true));
  for (const address of closed)
    it(`${address || 'nothing'} is not`, () => assert.equal(isPublicAddress(address), false));
});

describe('channels: a webhook is not led astray', () => {
  let server: Server;
  let port: number;
  let calls: string[];
  let answer: (path: string) => { status: number; location?: string };

  before(async () => {
    server = createServer((request, response) => {
      calls.push(request.url ?? '');
      const { status, location } = answer(request.url ?? '');
      response.writeHead(status, location ? { Location: location } : {});
      // An answer without an end: nobody may read it all.
      response.write('x'.repeat(65_536));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    calls = [];
    answer = () => ({ status: 200 });
  });

  const refused = { ok: false, retry: false, uncertain: false, code: 'address_refused' };
  const urls = [
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://169.254.169.254/computeMetadata/v1/',
    'https://[fd00:ec2::254]/latest/meta-data',
    'https://10.0.0.8:8443/',
    'http://93.184.216.34/',
  ];
  for (const url of urls) {
    it(`refuses ${url}`, async () => {
      const delivery = await webhookChannel({ ...SETTINGS, url }).send(messageOf());
      assert.ok(!delivery.ok);
      const { message, ...rest } = delivery;
      assert.deepEqual(rest, refused);
      assert.ok(!message.includes(url));
    });
  }

  const names: [string, string[]][] = [
    ['a private address', ['10.0.0.1']],
    ['a public and a private address', ['93.184.216.34', '127.0.0.1']],
    ['a mapped loopback address', ['::ffff:127.0.0.1']],
    ['no address', []],
  ];
  for (const [what, addresses] of names) {
    it(`refuses a name with ${what}`, async () => {
      const resolve: Resolve = async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      const delivery = await webhookChannel({ ...SETTINGS, url: 'https://hook.example/' }, { resolve }).send(
        messageOf(),
      );
      assert.ok(!delivery.ok && delivery.code === 'address_refused', JSON.stringify(delivery));
    });
  }

  it('asks the resolver once and connects to what was checked', async () => {
    let asked = 0;
    // The second answer would be what a rebinding attack gives.
    const resolve: Resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '192.0.2.1', family: 4 }];
    const url = `http://rebinding.example:${port}/hook`;
    const answered = await post({ url, headers: {}, body: '{}', timeoutMs: 5_000, allowPrivate: true, resolve });
    assert.deepEqual([answered.status, asked, calls], [200, 1, ['/hook']]);
  });

  it('does not call an address that only a second answer would have', async () => {
    let asked = 0;
    const resolve: Resolve = async () => [{ address: asked++ === 0 ? '192.0.2.1' : '127.0.0.1', family: 4 }];
    const url = `https://rebinding.example:${port}/hook`;
    const delivery = await webhookChannel({ ...SETTINGS, url }, { resolve, timeoutMs: 200 }).send(messageOf());
    assert.ok(!delivery.ok && delivery.code === 'address_refused');
    assert.deepEqual([asked, calls], [1, []]);
  });

  it('does not wait for a resolver that says nothing', async () => {
    const resolve: Resolve = () => Promise.withResolvers<never>().promise;
    const delivery = await webhookChannel(
      { ...SETTINGS, url: 'https://slow.example/' },
      { resolve, timeoutMs: 50 },
    ).send(messageOf());
    assert.ok(!delivery.ok);
    assert.deepEqual([delivery.retry, delivery.code], [true, 'timeout']);
  });

  for (const status of [301, 302, 307, 308]) {
    it(`does not follow a ${status}`, async () => {
      answer = (path) => (path === '/hook' ? { status, location: `http://127.0.0.1:${port}/inside` } : { status: 200 });
      const delivery = await allowed(() =>
        webhookChannel({ ...SETTINGS, url: `http://127.0.0.1:${port}/hook` }).send(messageOf()),
      );
      assert.ok(!delivery.ok);
      assert.deepEqual([delivery.retry, delivery.code, calls], [false, String(status), ['/hook']]);
      assert.match(delivery.message, /redirects/);
    });
  }

  it('does not wait for a receiver that leaves HTTP', async () => {
    const switches = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n');
    });
    await new Promise<void>((done) => switches.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(switches.address() as AddressInfo).port}/`;
    const delivery = await allowed(() => webhookChannel({ ...SETTINGS, url }, { timeoutMs: 2_000 }).send(messageOf()));
    switches.close();
    assert.deepEqual(delivery.ok || [delivery.code, delivery.retry], ['101', false]);
  });

  it('signs what it sends, so that the standard library of a receiver verifies it', async () => {
    const got: { body: string; headers: Record<string, string> }[] = [];
    const receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      got.push({ body, headers: request.headers as Record<string, string> });
      response.writeHead(204).end();
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const delivery = await allowed(() => webhookChannel({ ...SETTINGS, url }).send(messageOf()));
    receiver.close();
    receiver.closeAllConnections();
    assert.deepEqual(delivery, { ok: true });
    const [{ body, headers } = assert.fail()] = got;
    const verified = new Webhook(WEBHOOK_SECRET).verify(body, headers) as { messageId: string };
    assert.deepEqual([verified.messageId, headers['webhook-id']], ['n-0001', 'n-0001']);
    assert.throws(() => new Webhook(WEBHOOK_SECRET).verify(`${body} `, headers));
  });
});

/** As a local stack has it. */
async function allowed<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env.WEBHOOK_ALLOW_PRIVATE;
  process.env.WEBHOOK_ALLOW_PRIVATE = 'true';
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.WEBHOOK_ALLOW_PRIVATE;
    else process.env.WEBHOOK_ALLOW_PRIVATE = before;
  }
}
