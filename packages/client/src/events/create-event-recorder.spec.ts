import { type ArtifactEvent } from '../artifacts-client.ts';
import { isLarderError, type LarderError } from '../errors/larder-error.ts';
import { answer, hang, readBody, type Script } from '../fixtures/scripted-server.fixture.ts';
import { createTestBed } from '../fixtures/test-bed.fixture.ts';
import { createEventRecorder, type EventRecorderOptions } from './create-event-recorder.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

// So that nothing is sent before its time because a test took long.
const NEVER_MS = 2 ** 31 - 1;
const event = (hash: string): ArtifactEvent => ({ source: 'REMOTE', event: 'MISS', hash });

interface Received {
  sessionId: string;
  hash: string;
}

/** Keeps the batches that arrive; `next` resolves with the one that follows those it has given. */
function createReceiver(): {
  script: Script;
  batches: Received[][];
  next: () => Promise<Received[]>;
} {
  const batches: Received[][] = [];
  const waiters: ((batch: Received[]) => void)[] = [];
  let given = 0;
  return {
    batches,
    async script(request, response) {
      const batch = JSON.parse(String(await readBody(request))) as Received[];
      response.end();
      batches.push(batch);
      waiters.shift()?.(batch);
    },
    next() {
      const batch = batches[given];
      given += 1;
      if (batch !== undefined) return Promise.resolve(batch);
      return new Promise((resolve) => waiters.push(resolve));
    },
  };
}

const hashesOf = (batch: Received[]): string[] => batch.map(({ hash }) => hash);

async function startRecorder(options: EventRecorderOptions, ...scripts: Script[]) {
  const server = await bed.startServer(...scripts);
  const errors: LarderError[] = [];
  const client = bed.createClient(server);
  const recorder = createEventRecorder(client, {
    idleMs: NEVER_MS,
    closeTimeoutMs: 60_000,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { server, client, recorder, errors };
}

describe('an event recorder', () => {
  it('sends as many events as make a batch, all of one session', async () => {
    const receiver = createReceiver();
    const { recorder } = await startRecorder({ batchSize: 3 }, receiver.script);
    for (const hash of ['a', 'b', 'c']) recorder.record(event(hash));
    const batch = await receiver.next();
    expect(hashesOf(batch)).toEqual(['a', 'b', 'c']);
    expect(new Set(batch.map(({ sessionId }) => sessionId))).toEqual(new Set([recorder.sessionId]));
    expect(recorder.sessionId).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
  });

  it('sends fewer when no more come', async () => {
    const receiver = createReceiver();
    const { recorder } = await startRecorder({ idleMs: 1 }, receiver.script);
    recorder.record(event('a'));
    expect(hashesOf(await receiver.next())).toEqual(['a']);
    recorder.record(event('b'));
    expect(hashesOf(await receiver.next())).toEqual(['b']);
  });

  it('sends again after everything was sent', async () => {
    const receiver = createReceiver();
    const client = bed.createClient(await bed.startServer(receiver.script));
    let answered: Promise<void> | undefined;
    const recorder = createEventRecorder(
      {
        recordEvents(...parameters) {
          answered = client.recordEvents(...parameters);
          return answered;
        },
      },
      { batchSize: 1 },
    );
    for (const hash of ['a', 'b']) {
      recorder.record(event(hash));
      await answered;
      await new Promise(setImmediate);
    }
    expect(receiver.batches.map(hashesOf)).toEqual([['a'], ['b']]);
  });

  it('sends together what comes while it is sending', async () => {
    const receiver = createReceiver();
    const { recorder } = await startRecorder(
      { batchSize: 1 },
      async (request, response) => {
        const body = await readBody(request);
        recorder.record(event('b'));
        recorder.record(event('c'));
        expect(String(body)).toContain('"a"');
        response.end();
      },
      receiver.script,
    );
    recorder.record(event('a'));
    expect(hashesOf(await receiver.next())).toEqual(['b', 'c']);
  });

  it('sends what is waiting when it is closed, and takes nothing more', async () => {
    const receiver = createReceiver();
    const { recorder, errors, server } = await startRecorder({}, receiver.script);
    recorder.record(event('a'));
    await Promise.all([recorder.close(), recorder.close()]);
    expect(receiver.batches.map(hashesOf)).toEqual([['a']]);
    recorder.record(event('b'));
    await recorder.close();
    expect(server.requests).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('has nothing to send when nothing happened', async () => {
    const { recorder, server } = await startRecorder({}, answer(200));
    await recorder.close();
    expect(server.requests).toEqual([]);
  });

  it('does not let a server that hangs delay its end, and says what it dropped', async () => {
    const { recorder, errors } = await startRecorder({ batchSize: 2, closeTimeoutMs: 50 }, hang);
    for (const hash of ['a', 'b', 'c']) recorder.record(event(hash));
    await recorder.close();
    expect(errors.map(({ code }) => code)).toEqual(['LARDER_EVENTS_DROPPED']);
    expect(errors[0]?.message).toMatch(/^3 events /);
  });

  it('tells of a failure and goes on', async () => {
    const receiver = createReceiver();
    const { recorder, errors } = await startRecorder(
      { batchSize: 1 },
      answer(400),
      receiver.script,
    );
    recorder.record(event('a'));
    recorder.record(event('b'));
    expect(hashesOf(await receiver.next())).toEqual(['b']);
    expect(errors.map(({ code }) => code)).toEqual(['LARDER_HTTP_BAD_REQUEST']);
  });

  it.each([
    ['does not take events', answer(404), 'LARDER_HTTP_ENDPOINT_UNKNOWN'],
    ['refuses the token', answer(401), 'LARDER_ACCESS_UNAUTHORIZED'],
    ['forbids it', answer(403), 'LARDER_ACCESS_FORBIDDEN'],
  ])('says once that the server %s, and is done', async (_what, script, code) => {
    const codes: string[] = [];
    let tell: (() => void) | undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const onError = (error: LarderError) => {
      codes.push(error.code);
      tell?.();
    };
    const { recorder, server } = await startRecorder({ batchSize: 1, onError }, script);
    recorder.record(event('a'));
    await told;
    recorder.record(event('b'));
    await recorder.close();
    expect(codes).toEqual([code]);
    expect(server.requests).toHaveLength(1);
  });

  it('is done when its client is closed', async () => {
    const { recorder, errors, client } = await startRecorder({}, answer(200));
    recorder.record(event('a'));
    await client.close();
    await recorder.close();
    expect(errors.map(({ code }) => code)).toEqual(['LARDER_CLIENT_CLOSED']);
  });

  it('does not throw for an event that makes no sense, and sends the others', async () => {
    const receiver = createReceiver();
    const { recorder, errors } = await startRecorder({}, receiver.script);
    recorder.record({ ...event('a'), event: 'HIT', durationMs: Number.NaN });
    recorder.record(event('../b'));
    recorder.record(event('c'));
    await recorder.close();
    expect(errors.map(({ code }) => code)).toEqual([
      'LARDER_REQUEST_OPTION_INVALID',
      'LARDER_REQUEST_HASH_INVALID',
    ]);
    expect(receiver.batches.map(hashesOf)).toEqual([['c']]);
  });

  it('keeps a limited number of events, and sends a limited number at a time', async () => {
    const receiver = createReceiver();
    let release: (() => void) | undefined;
    const { recorder, errors, server } = await startRecorder(
      { batchSize: 1 },
      async (request, response) => {
        await readBody(request);
        await new Promise<void>((resolve) => (release = resolve));
        response.end();
      },
      receiver.script,
    );
    for (let count = 0; count < 10_501; count += 1) recorder.record(event('a'));
    const closed = recorder.close();
    while (release === undefined) await new Promise(setImmediate);
    release();
    await closed;
    expect(receiver.batches.map(({ length }) => length)).toEqual(Array(20).fill(500));
    expect(server.requests).toHaveLength(21);
    expect(errors.map(({ message }) => message.split(' were')[0])).toEqual(['500 events']);
  });

  it.each<[string, EventRecorderOptions]>([
    ['sessionId', { sessionId: 'run-1' }],
    ['batchSize', { batchSize: 0 }],
    ['idleMs', { idleMs: -1 }],
    ['closeTimeoutMs', { closeTimeoutMs: Number.NaN }],
  ])('is not made with a wrong %s', (name, options) => {
    const client = bed.createClient({ url: 'http://127.0.0.1:9' });
    let error: unknown;
    try {
      createEventRecorder(client, options);
    } catch (thrown) {
      error = thrown;
    }
    expect(isLarderError(error) && error.code).toBe('LARDER_REQUEST_OPTION_INVALID');
    expect((error as LarderError).message).toContain(name);
  });

  it('carries the session that it is given', async () => {
    const receiver = createReceiver();
    const sessionId = '9f0c6f0e-5d0a-4f3e-8f5e-0d7c1f0b9a11';
    const { recorder } = await startRecorder({ sessionId }, receiver.script);
    recorder.record(event('a'));
    await recorder.close();
    expect(receiver.batches[0]?.[0]?.sessionId).toBe(sessionId);
  });
});
