import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { compress, describeTree, makeTar } from '../../archive/archive.fixture.ts';
import type { TaskResult } from '../../nx-facts/cache-entry.ts';
import { createAgentBed, type RunOptions, type TestRun } from '../../testing/agent-bed.fixture.ts';
import { reset, waitFor, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';

// The directory protocol of the fast lane: Nx's folders hold the outputs and nothing else.

const bed = createAgentBed();
let server: ArtifactsServer;
let cacheDirectory: string;
let run: TestRun;

const openRun = (options: RunOptions = {}) =>
  bed.openRun(server, { expectedFormat: 'tar.br', ...options });

beforeEach(async () => {
  server = await bed.startServer();
  cacheDirectory = bed.makeFolder();
  run = await openRun();
});
afterEach(() => bed.cleanUp());

const success: TaskResult = { code: 0, terminalOutput: 'done – größtenteils\n' };

/** Outputs as Nx leaves them in its cache. */
function writeOutputs(folder: string): void {
  mkdirSync(join(folder, 'dist', 'lib', 'empty'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'main.js'), 'built');
  writeFileSync(join(folder, 'dist', 'lib', 'tool'), '#!/bin/sh\n');
  chmodSync(join(folder, 'dist', 'lib', 'tool'), 0o755);
  symlinkSync('main.js', join(folder, 'dist', 'link.js'));
}

interface Store {
  readonly result?: TaskResult | null;
  readonly durationMs?: number | null;
  readonly by?: TestRun;
}

function store(taskHash: string, { result = success, durationMs = 1234, by = run }: Store = {}) {
  return by.store({ taskHash, cacheDirectory, durationMs, result });
}

/** Stores a task's outputs, and makes Nx's cache as empty as elsewhere. */
async function share(taskHash: string, given: Store = {}): Promise<string[]> {
  const folder = join(cacheDirectory, taskHash);
  writeOutputs(folder);
  const tree = describeTree(folder);
  await store(taskHash, given);
  await run.close();
  rmSync(folder, { recursive: true });
  run = await openRun();
  return tree;
}

function retrieve(taskHash: string) {
  return run.retrieve({ taskHash, cacheDirectory, layout: 'outputs' });
}

const sentDuration = (taskHash: string) =>
  server.artifacts.get(run.wireHash(taskHash))?.headers['x-artifact-duration'];

/** Code that gives some five megabytes when it is packed; a copy is too far from the next to be found. */
function writeMuchCode(folder: string): void {
  mkdirSync(folder);
  const code = readFileSync(require.resolve('typescript'));
  for (const name of ['1.js', '2.js', '3.js']) writeFileSync(join(folder, name), code);
}

describe('a store', () => {
  it('is packed the denser when the link does not keep up', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    for (const taskHash of ['1', '2', '3', '4']) {
      writeMuchCode(join(cacheDirectory, taskHash));
      await store(taskHash);
      // Its body is packed when it is sent.
      await until('it is sent', () => server.seen('put').length === Number(taskHash));
    }
    gate.open();
    expect(await run.close()).toMatchObject({ uploads: 4, trouble: null });
    const sizes = ['1', '2', '3', '4'].map(
      (each) => server.artifacts.get(run.wireHash(each))?.body.length ?? NaN,
    );
    expect(sizes[1]).toBe(sizes[0]);
    expect(sizes[2]).toBeLessThan((sizes[0] ?? NaN) * 0.95);
    expect(sizes[3]).toBe(sizes[2]);
  });

  it('sends the very archive that the other layout gives', async () => {
    writeOutputs(join(cacheDirectory, '1'));
    await store('1');
    const parts = join(cacheDirectory, '2');
    writeOutputs(join(parts, 'outputs'));
    writeFileSync(join(parts, 'code'), '0');
    writeFileSync(join(parts, 'terminalOutput'), success.terminalOutput);
    for (const part of ['code', 'terminalOutput']) chmodSync(join(parts, part), 0o644);
    writeFileSync(`${parts}.commit`, 'true');
    await store('2', { result: null });
    expect(await run.close()).toMatchObject({ uploads: 2, trouble: null, formats: ['tar.br'] });
    const [first, second] = ['1', '2'].map((each) => server.artifacts.get(run.wireHash(each))!);
    expect(first?.body.equals(second!.body)).toBe(true);
    expect(sentDuration('1')).toBe('1234');
  });

  it('packs at once what cannot be sent yet, for Nx may remove the folder', async () => {
    server.behaviour.status = reset;
    server.behaviour.put = reset;
    writeOutputs(join(cacheDirectory, '1'));
    await store('1');
    expect(await run.close()).toMatchObject({ pendingUploads: 1 });
    expect((await bed.spooled()).map(({ content }) => content.kind)).toEqual(['body']);
  });

  it.each<[string, (folder: string) => void]>([
    [
      'removed',
      (folder) => {
        rmSync(folder, { recursive: true });
      },
    ],
    [
      'being removed',
      (folder) => {
        const changedAt = Date.now() / 1000 + 1;
        utimesSync(join(folder, 'dist', 'lib'), changedAt, changedAt);
      },
    ],
  ])('of a folder that is %s meanwhile is dropped, and said so', async (_what, change) => {
    const folder = join(cacheDirectory, '1');
    writeOutputs(folder);
    change(folder);
    await store('1');
    expect(await run.close()).toMatchObject({
      uploads: 0,
      pendingUploads: 0,
      trouble: { code: 'LARDER_ARCHIVE_SOURCE_CHANGED' },
    });
    expect(server.artifacts.size).toBe(0);
  });

  it('of a folder that has just been written is not taken for one that changes', async () => {
    for (let task = 0; task < 100; task += 1) {
      mkdirSync(join(cacheDirectory, String(task)));
      writeFileSync(join(cacheDirectory, String(task), 'output'), '');
      await store(String(task));
    }
    expect(await run.close()).toMatchObject({ uploads: 100, trouble: null });
  });
});

describe('the duration of a task whose door does not know it', () => {
  const parallel = { kind: 'start-follows-miss', parallel: 1 } as const;

  it('is estimated where the task cannot have waited', async () => {
    const own = await openRun({ startEstimate: parallel });
    await own.retrieve({ taskHash: '1', cacheDirectory, layout: 'outputs' });
    writeOutputs(join(cacheDirectory, '1'));
    await store('1', { durationMs: null, by: own });
    await until('it is sent at once', () => sentDuration('1') !== undefined);
  });

  it('is waited for where it may have waited, packed, as far as the bound goes', async () => {
    const own = await openRun({ startEstimate: parallel, maxHeldBytes: 1000 });
    for (const taskHash of ['1', '2', '3']) {
      await own.retrieve({ taskHash, cacheDirectory, layout: 'outputs' });
      writeOutputs(join(cacheDirectory, taskHash));
    }
    writeFileSync(join(cacheDirectory, '3', 'large'), randomText(2000));
    for (const taskHash of ['1', '3', '2']) await store(taskHash, { durationMs: null, by: own });
    await until('the large one is sent at once', () => sentDuration('3') !== undefined);
    await until('the others are packed', async () =>
      (await bed.spooled()).every(({ content }) => content.kind === 'body'),
    );
    expect([sentDuration('1'), sentDuration('2')]).toEqual([undefined, undefined]);
    await own.close({ '1': 250, '2': 125, '3': 1 });
    expect([sentDuration('1'), sentDuration('2')]).toEqual(['250', '125']);
  });

  it('is the exact one, even if that comes while the folder is packed', async () => {
    const own = await openRun({ startEstimate: parallel });
    for (const taskHash of ['1', '2']) {
      await own.retrieve({ taskHash, cacheDirectory, layout: 'outputs' });
    }
    mkdirSync(join(cacheDirectory, '1'));
    writeFileSync(join(cacheDirectory, '1', 'large'), Buffer.alloc(200_000_000));
    await store('1', { durationMs: null, by: own });
    await own.close({ '1': 3_600_000 });
    expect(sentDuration('1')).toBe('3600000');
  });

  /** Nothing that compression could make small. */
  function randomText(length: number): string {
    let state = 1;
    return Array.from({ length }, () => {
      state = (state * 16_807) % 2_147_483_647;
      return String.fromCharCode(33 + (state % 90));
    }).join('');
  }
});

describe('a retrieve', () => {
  it('brings outputs and result back', async () => {
    const tree = await share('1', { result: { code: 3, terminalOutput: 'failed\n' } });
    expect(await retrieve('1')).toEqual({
      isHit: true,
      result: { code: 3, terminalOutput: 'failed\n' },
    });
    expect(describeTree(join(cacheDirectory, '1'))).toEqual(tree);
    expect(readdirSync(cacheDirectory)).toEqual(['1']);
  });

  it('brings back whatever the task has said', async () => {
    const terminalOutput = 'größtenteils harmlos 図\n'.repeat(20_000);
    await share('1', { result: { code: 0, terminalOutput } });
    expect(await retrieve('1')).toEqual({ isHit: true, result: { code: 0, terminalOutput } });
  });

  it('of a task without outputs makes an empty folder', async () => {
    const [code, terminalOutput] = ['code', 'terminalOutput'].map((name) => ({
      name,
      content: name === 'code' ? '0' : '',
    }));
    server.keep(run.wireHash('1'), compress(await makeTar([code!, terminalOutput!])));
    expect(await retrieve('1')).toEqual({ isHit: true, result: { code: 0, terminalOutput: '' } });
    expect(readdirSync(join(cacheDirectory, '1'))).toEqual([]);
  });

  it('takes the place of a folder that Nx does not know any more', async () => {
    const tree = await share('1');
    mkdirSync(join(cacheDirectory, '1'));
    writeFileSync(join(cacheDirectory, '1', 'stale'), '');
    expect(await retrieve('1')).toMatchObject({ isHit: true });
    expect(describeTree(join(cacheDirectory, '1'))).toEqual(tree);
    expect(readdirSync(cacheDirectory)).toEqual(['1']);
  });

  it.each<[string, { readonly name: string; readonly content: string }[]]>([
    ['no exit code', [{ name: 'terminalOutput', content: '' }]],
    ['no terminal output', [{ name: 'code', content: '0' }]],
    [
      'an exit code that is none',
      [
        { name: 'code', content: 'none' },
        { name: 'terminalOutput', content: '' },
      ],
    ],
  ])('of an artifact with %s is a miss that leaves nothing behind', async (_what, entries) => {
    server.keep(run.wireHash('1'), compress(await makeTar(entries)));
    expect(await retrieve('1')).toEqual({ isHit: false, result: null });
    expect(readdirSync(cacheDirectory)).toEqual([]);
    expect((await run.close()).trouble?.code).toBe('LARDER_ARCHIVE_CORRUPT');
  });

  it('that was a miss is not asked for again, however often Nx does', async () => {
    for (let times = 0; times < 3; times += 1) {
      expect(await retrieve('1')).toEqual({ isHit: false, result: null });
    }
    expect(server.seen('get')).toHaveLength(1);
  });
});

it("serves Nx's own client in the same run, each with artifacts of its own", async () => {
  await run.put('1', 'a body');
  writeOutputs(join(cacheDirectory, '2'));
  await store('2');
  expect(await retrieve('1')).toMatchObject({ isHit: false });
  const report = await run.close();
  expect(report.uploads).toBe(2);
  expect([...server.artifacts.keys()].sort()).toEqual(
    [run.wireHash('1', 'nx.tar.gz'), run.wireHash('2', 'tar.br')].sort(),
  );
  expect(existsSync(join(cacheDirectory, '1'))).toBe(false);
});

it('names artifacts in the report as the server knows them', async () => {
  const own = await openRun({ expectedFormat: 'nx.tar.gz' });
  writeOutputs(join(cacheDirectory, '1'));
  await own.store({ taskHash: '1', cacheDirectory, durationMs: 1, result: success });
  const { tasks } = await own.close();
  expect(tasks.map(({ artifactHash }) => artifactHash)).toEqual([own.wireHash('1', 'tar.br')]);
});
