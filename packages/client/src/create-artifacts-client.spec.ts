import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type ArtifactEvent, type ArtifactsClient } from './artifacts-client.ts';
import { answer, hang, type Script } from './fixtures/scripted-server.fixture.ts';
import {
  catchLarderError,
  chunkedBody,
  createTestBed,
  listFolder,
} from './fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const startBody: Script = (_request, response) => {
  response.writeHead(200, { 'content-length': 1_000_000 });
  response.write('hello');
};

const event: ArtifactEvent = { source: 'REMOTE', event: 'MISS', hash: 'abc' };

const calls: [string, (client: ArtifactsClient, signal?: AbortSignal) => Promise<unknown>][] = [
  ['put', (client, signal) => client.put('abc', chunkedBody(['x']), signal && { signal })],
  ['get', (client, signal) => client.get('abc', signal && { signal })],
  ['getToFile', (client, signal) => client.getToFile('abc', '/none', signal && { signal })],
  ['head', (client, signal) => client.head('abc', signal && { signal })],
  ['query', (client, signal) => client.query(['abc'], signal && { signal })],
  ['status', (client, signal) => client.status(signal && { signal })],
  [
    'recordEvents',
    (client, signal) => client.recordEvents(randomUUID(), [event], signal && { signal }),
  ],
  ['deleteAll', (client, signal) => client.deleteAll(signal && { signal })],
];

describe('a signal', () => {
  it.each(calls)('that is aborted already keeps %s from sending anything', async (_name, call) => {
    const server = await bed.startServer(hang);
    const error = await catchLarderError(call(bed.createClient(server), AbortSignal.abort('no')));
    expect(error.code).toBe('LARDER_REQUEST_ABORTED');
    expect(error.cause).toBe('no');
    expect(server.requests).toEqual([]);
  });

  it.each(calls)('ends %s while it waits for an answer', async (_name, call) => {
    const controller = new AbortController();
    const server = await bed.startServer((request) => {
      request.resume();
      controller.abort('enough');
    });
    const error = await catchLarderError(call(bed.createClient(server), controller.signal));
    expect(error.code).toBe('LARDER_REQUEST_ABORTED');
    expect(server.requests).toHaveLength(1);
  });

  it('ends a request that waits for a connection, which is then not sent', async () => {
    const controller = new AbortController();
    const server = await bed.startServer(hang);
    const client = bed.createClient(server, { maxConnections: 1 });
    const first = catchLarderError(client.head('first'));
    const second = catchLarderError(client.head('second', { signal: controller.signal }));
    controller.abort();
    expect((await second).code).toBe('LARDER_REQUEST_ABORTED');
    await client.close();
    expect((await first).code).toBe('LARDER_CLIENT_CLOSED');
    expect(server.requests.length).toBeLessThanOrEqual(1);
  });

  it('ends a content that is being read', async () => {
    const controller = new AbortController();
    const server = await bed.startServer(answer(200, {}, Buffer.alloc(1_000_000)));
    const artifact = await bed.createClient(server).get('abc', { signal: controller.signal });
    const reading = catchLarderError(buffer(artifact!.body));
    controller.abort();
    expect((await reading).code).toBe('LARDER_REQUEST_ABORTED');
  });

  it('is forgotten when a call has ended', async () => {
    const { signal } = new AbortController();
    const listeners = jest.spyOn(signal, 'addEventListener');
    const removals = jest.spyOn(signal, 'removeEventListener');
    const server = await bed.startServer(answer(404));
    await bed.createClient(server).head('abc', { signal });
    expect(removals).toHaveBeenCalledTimes(listeners.mock.calls.length);
  });
});

describe('closing the client', () => {
  it('ends what is under way and leaves no connection', async () => {
    const folder = await bed.makeFolder();
    const server = await bed.startServer(startBody);
    const client = bed.createClient(server);
    const headSeen = new Promise<void>((resolve) => {
      void client
        .getToFile('abc', join(folder, 'artifact'), {
          onMetadata: () => {
            resolve();
          },
        })
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'LARDER_CLIENT_CLOSED' });
        });
    });
    const getting = catchLarderError(client.get('abc'));
    await headSeen;

    await client.close();
    expect((await getting).code).toBe('LARDER_CLIENT_CLOSED');
    expect(await listFolder(folder)).toEqual([]);
    await waitFor(async () => (await server.countConnections()) === 0);
  });

  it('ends a content that has arrived but that nobody reads', async () => {
    const server = await bed.startServer(answer(200, {}, 'hello'));
    const client = bed.createClient(server);
    const artifact = await client.get('abc');
    await client.close();
    expect(artifact?.body.destroyed).toBe(true);
  });

  it.each(calls)('keeps %s from sending anything afterwards', async (_name, call) => {
    const server = await bed.startServer(hang);
    const client = bed.createClient(server);
    await client.close();
    await client.close();
    expect((await catchLarderError(call(client))).code).toBe('LARDER_CLIENT_CLOSED');
    expect(server.requests).toEqual([]);
  });

  it('ends the wait between two attempts', async () => {
    const server = await bed.startServer(answer(500));
    const client = bed.createClient(server, { breaker: { failureThreshold: 99 } });
    const failing = catchLarderError(client.head('abc', { retries: 1_000_000 }));
    await waitFor(() => Promise.resolve(server.requests.length > 1));
    await client.close();
    expect((await failing).code).toBe('LARDER_CLIENT_CLOSED');
  });
});

describe('many requests at once', () => {
  it('share as many connections as allowed, and none is refused', async () => {
    let open = 0;
    let mostOpen = 0;
    const server = await bed.startServer((_request, response) => {
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      setImmediate(() => {
        open -= 1;
        response.writeHead(404).end();
      });
    });
    const client = bed.createClient(server, { maxConnections: 3 });
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => client.head(`hash${index}`)),
    );
    expect(results).toEqual(Array.from({ length: 50 }, () => null));
    expect(mostOpen).toBeLessThanOrEqual(3);
    expect(await server.countConnections()).toBeLessThanOrEqual(3);
  });
});

async function waitFor(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(setImmediate);
}
