import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestBed, until } from '../../testing/test-bed.fixture.ts';
import { isProcessAlive } from '../is-process-alive.ts';
import type { FrontMessage, WorkerMessage } from '../protocol/worker-messages.ts';
import { createWorkerSupervisor, type WorkerSupervisor } from './worker-supervisor.ts';

// Worker processes that do what a script says.

const bed = createTestBed();
afterEach(() => bed.cleanUp());

interface Watched {
  readonly supervisor: WorkerSupervisor;
  readonly messages: WorkerMessage[];
  /** Process ids of the workers so far. */
  readonly pids: () => number[];
  /** What the workers were told, in order. */
  readonly told: () => FrontMessage[];
}

const introduction: FrontMessage[] = [{ kind: 'adopt-leftovers' }];
const lookup = { runId: 'run', taskHash: '1', target: null };
const noWorker = { kind: 'miss', code: 'LARDER_AGENT_UNEXPECTED' };

/** Every worker writes down who it is and what it is told; then `onMessage` runs with `message`. */
function supervise(onMessage: string): Watched {
  const folder = bed.makeFolder();
  const [pidsFile, toldFile] = [join(folder, 'pids'), join(folder, 'told')];
  writeFileSync(pidsFile, '');
  writeFileSync(toldFile, '');
  const entryFile = join(folder, 'worker.js');
  writeFileSync(
    entryFile,
    `const { appendFileSync } = require('node:fs');
     appendFileSync(${JSON.stringify(pidsFile)}, process.pid + '\\n');
     process.on('message', (message) => {
       appendFileSync(${JSON.stringify(toldFile)}, JSON.stringify(message) + '\\n');
       ${onMessage}
     });`,
  );
  const messages: WorkerMessage[] = [];
  const supervisor = createWorkerSupervisor({
    entryFile,
    args: [],
    environment: process.env,
    introduction: () => introduction,
    onMessage: (message) => messages.push(message),
    onLost: () => undefined,
  });
  bed.onCleanUp(() => supervisor.stop());
  const lines = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return {
    supervisor,
    messages,
    pids: () => lines(pidsFile).map(Number),
    told: () => lines(toldFile).map((line) => JSON.parse(line) as FrontMessage),
  };
}

const answerLookups = `
  if (message.kind === 'look-up') {
    const outcome = { kind: 'hit', file: null, sizeBytes: 1, durationMs: 2 };
    process.send({ kind: 'looked-up', requestId: message.requestId, outcome });
  }`;

it('tells a new worker what it has to know before anything else', async () => {
  const { supervisor, told } = supervise(answerLookups);
  await supervisor.lookUp(lookup);
  expect(told().map(({ kind }) => kind)).toEqual(['adopt-leftovers', 'look-up']);
});

it('passes lookups and their answers on', async () => {
  const { supervisor, messages } = supervise(answerLookups);
  const outcomes = await Promise.all([supervisor.lookUp(lookup), supervisor.lookUp(lookup)]);
  for (const outcome of outcomes) expect(outcome.kind).toBe('hit');
  expect(messages).toEqual([]);
});

it('passes on whatever else a worker says', async () => {
  const { messages } = supervise("process.send({ kind: 'busy', isBusy: true });");
  await until('it has been said', () => messages.length > 0);
  expect(messages[0]).toEqual({ kind: 'busy', isBusy: true });
});

it('turns the lookups of a worker that crashes into misses, and starts another one', async () => {
  const { supervisor, messages, pids, told } = supervise(`
    if (message.kind === 'look-up' && message.lookup.taskHash === 'poison') process.exit(1);
    ${answerLookups}`);
  const outcomes = await Promise.all([
    supervisor.lookUp({ ...lookup, taskHash: 'poison' }),
    supervisor.lookUp(lookup),
  ]);
  expect(outcomes).toEqual([noWorker, noWorker]);
  // Whatever it was sending, it does not any more.
  expect(messages).toEqual([{ kind: 'busy', isBusy: false }]);
  await until('another one is there', () => pids().length === 2);
  await until('it works', async () => (await supervisor.lookUp(lookup)).kind === 'hit');
  expect(told().filter(({ kind }) => kind === 'adopt-leftovers')).toHaveLength(2);
});

it('answers with misses while there is no worker, and does not start one after the other', async () => {
  const { supervisor, pids } = supervise('process.exit(1);');
  await until('three have crashed', () => pids().length === 3);
  for (let count = 0; count < 100; count += 1) {
    expect(await supervisor.lookUp(lookup)).toEqual(noWorker);
  }
  expect(pids().length).toBeLessThan(10);
});

it('replaces a worker that hangs during a lookup', async () => {
  const { supervisor, pids } = supervise(`
    if (message.kind === 'look-up' && message.lookup.taskHash === 'poison') for (;;);
    ${answerLookups}`);
  expect(await supervisor.lookUp({ ...lookup, taskHash: 'poison' })).toEqual(noWorker);
  await until('it works', async () => (await supervisor.lookUp(lookup)).kind === 'hit');
  expect(pids().length).toBeGreaterThan(1);
  expect(isProcessAlive(pids()[0]!)).toBe(false);
});

it('replaces a worker that hangs while it sends something', async () => {
  const { pids, messages } = supervise(`
    const { readFileSync } = require('node:fs');
    const isFirst = readFileSync(__dirname + '/pids', 'utf8').trim() === String(process.pid);
    if (isFirst) process.send({ kind: 'busy', isBusy: true }, () => { for (;;); });`);
  await until('another one is there', () => pids().length === 2);
  expect(messages).toEqual([
    { kind: 'busy', isBusy: true },
    { kind: 'busy', isBusy: false },
  ]);
  expect(isProcessAlive(pids()[0]!)).toBe(false);
});

it('leaves a worker alone whose lookup takes long as long as it answers', async () => {
  const { supervisor, pids, told } = supervise(`
    if (message.kind === 'ping') process.send({ kind: 'pong' });
    globalThis.pings = (globalThis.pings ?? 0) + (message.kind === 'ping');
    if (message.kind === 'look-up') globalThis.slow = message.requestId;
    if (globalThis.pings === 9) process.send({
      kind: 'looked-up', requestId: globalThis.slow, outcome: { kind: 'hit', file: null },
    });`);
  expect((await supervisor.lookUp(lookup)).kind).toBe('hit');
  expect(pids()).toHaveLength(1);
  expect(told().filter(({ kind }) => kind === 'ping').length).toBeGreaterThanOrEqual(9);
});

it('ends its worker, and starts no other one', async () => {
  const { supervisor, pids } = supervise(answerLookups);
  await supervisor.lookUp(lookup);
  await Promise.all([supervisor.stop(), supervisor.stop()]);
  await supervisor.stop();
  expect(pids()).toHaveLength(1);
  expect(isProcessAlive(pids()[0]!)).toBe(false);
  expect(await supervisor.lookUp(lookup)).toEqual(noWorker);
});

it('ends also a worker that would rather stay', async () => {
  const { supervisor, pids } = supervise(`setInterval(() => undefined, 1000); ${answerLookups}`);
  await supervisor.lookUp(lookup);
  await supervisor.stop();
  expect(isProcessAlive(pids()[0]!)).toBe(false);
});
