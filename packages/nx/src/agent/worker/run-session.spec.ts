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
import { Readable } from 'node:stream';
import { brotliDecompressSync } from 'node:zlib';
import { extract } from '../../../vendor/tar-stream/index.js';
import { compress, describeTree, makeTar } from '../../archive/archive.fixture.ts';
import { createAgentBed, type RunOptions, type TestRun } from '../../testing/agent-bed.fixture.ts';
import {
  answer,
  proceed,
  reset,
  waitFor,
  type ArtifactsServer,
} from '../../testing/artifacts-server.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';

// The directory protocol of the runner door: the agent fills and packs the entries of Nx's cache.

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

/** An entry as Nx writes it, the commit file last. */
function writeEntry(taskHash: string, output = 'built'): string {
  const entry = join(cacheDirectory, taskHash);
  mkdirSync(join(entry, 'outputs', 'dist', 'lib'), { recursive: true });
  writeFileSync(join(entry, 'code'), '0');
  writeFileSync(join(entry, 'source'), 'id of this machine');
  writeFileSync(join(entry, 'terminalOutput'), 'done\n');
  writeFileSync(join(entry, 'outputs', 'dist', 'main.js'), output);
  writeFileSync(join(entry, 'outputs', 'dist', 'lib', 'tool'), '#!/bin/sh\n');
  chmodSync(join(entry, 'outputs', 'dist', 'lib', 'tool'), 0o755);
  symlinkSync('main.js', join(entry, 'outputs', 'dist', 'link.js'));
  writeFileSync(`${entry}.commit`, 'true');
  return entry;
}

const store = (taskHash: string, durationMs = 1234, by = run) =>
  by.store({ taskHash, cacheDirectory, durationMs, result: null });

const retrieve = async (taskHash: string, folder: string, by = run) =>
  (await by.retrieve({ taskHash, cacheDirectory: folder, layout: 'parts' })).isHit;

/** Names of the entries in the archive that the server has. */
async function archived(taskHash: string): Promise<string[]> {
  const names: string[] = [];
  const tar = extract();
  Readable.from([brotliDecompressSync(server.artifacts.get(run.wireHash(taskHash))!.body)]).pipe(
    tar,
  );
  for await (const entry of tar) {
    names.push(entry.header.name);
    entry.resume();
  }
  return names;
}

describe('a store', () => {
  it("packs the entry without the machine's id, and sends it with its duration", async () => {
    writeEntry('1');
    await store('1', 1234);
    expect(await run.close()).toMatchObject({ uploads: 1, pendingUploads: 0, trouble: null });
    expect(await archived('1')).toEqual([
      'code',
      'outputs/',
      'outputs/dist/',
      'outputs/dist/lib/',
      'outputs/dist/lib/tool',
      'outputs/dist/link.js',
      'outputs/dist/main.js',
      'terminalOutput',
    ]);
    expect(server.artifacts.get(run.wireHash('1'))?.headers).toMatchObject({
      'x-artifact-duration': '1234',
    });
  });

  it('does not wait for packing or sending', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    writeEntry('1');
    await store('1');
    expect(server.artifacts.size).toBe(0);
    gate.open();
    expect(await run.close()).toMatchObject({ uploads: 1 });
  });

  it('gives equal entries equal archives', async () => {
    writeEntry('1');
    await store('1');
    await run.close();
    rmSync(cacheDirectory, { recursive: true });
    writeEntry('2');
    const other = await openRun();
    await store('2', 1, other);
    await other.close();
    const [first, second] = ['1', '2'].map((each) => server.artifacts.get(run.wireHash(each))!);
    expect(second?.body.equals(first!.body)).toBe(true);
  });

  it('packs at once what cannot be sent yet, for Nx may remove the entry', async () => {
    server.behaviour.status = reset;
    server.behaviour.put = reset;
    writeEntry('1');
    await store('1');
    expect(await run.close()).toMatchObject({ pendingUploads: 1 });
    rmSync(cacheDirectory, { recursive: true });
    server.behaviour.status = proceed;
    server.behaviour.put = proceed;
    await openRun();
    await until('it has arrived', () => server.artifacts.has(run.wireHash('1')));
    expect(await archived('1')).toContain('outputs/dist/main.js');
  });

  it.each<[string, (entry: string) => void]>([
    [
      'is gone',
      (entry) => {
        rmSync(entry, { recursive: true });
        rmSync(`${entry}.commit`);
      },
    ],
    [
      'is half gone',
      (entry) => {
        // Nx completed it well in the past: the times of files have a coarse grain.
        for (const each of ['.', 'outputs', 'outputs/dist', 'outputs/dist/lib', '../1.commit']) {
          utimesSync(join(entry, each), 1_700_000_000, 1_700_000_000);
        }
        rmSync(join(entry, 'outputs', 'dist', 'main.js'));
      },
    ],
    [
      'is not marked as complete',
      (entry) => {
        rmSync(`${entry}.commit`);
      },
    ],
  ])('of an entry that %s sends nothing, and says so', async (_what, spoil) => {
    spoil(writeEntry('1'));
    writeEntry('2');
    await store('1');
    await store('2');
    const report = await run.close();
    expect(report.trouble?.code).toMatch(/^LARDER_ARCHIVE_/);
    expect(report.tasks.map((task) => task.store)).toEqual(['dropped', 'uploaded']);
    expect([...server.artifacts.keys()]).toEqual([run.wireHash('2')]);
    expect(await bed.spooled()).toEqual([]);
  });

  it('under a name that leads out of the cache does nothing', async () => {
    writeEntry('1');
    for (const taskHash of ['..', '.', '../1', '', 'a b']) await store(taskHash);
    expect((await run.close()).tasks).toEqual([]);
    expect(server.seen('put')).toEqual([]);
  });

  it('by a run that only reads does nothing', async () => {
    const reading = await openRun({ mode: 'read' });
    writeEntry('1');
    await store('1', 1, reading);
    await reading.close();
    expect(server.seen('put')).toEqual([]);
  });
});

describe('a retrieval', () => {
  /** Stores an entry; what Nx gets to see of it elsewhere is what it returns. */
  async function share(taskHash: string): Promise<string[]> {
    const entry = writeEntry(taskHash);
    await store(taskHash);
    await until('it has arrived', () => server.artifacts.has(run.wireHash(taskHash)));
    return describeTree(entry).filter((line) => !line.includes(' source '));
  }

  it("recreates the entry elsewhere, without the machine's id, and marks it as complete", async () => {
    const tree = await share('1');
    const elsewhere = bed.makeFolder();
    const other = await openRun();
    expect(await retrieve('1', elsewhere, other)).toBe(true);
    expect(describeTree(join(elsewhere, '1'))).toEqual(tree);
    expect(readFileSync(join(elsewhere, '1.commit'), 'utf8')).toBe('true');
    expect(readdirSync(elsewhere).sort()).toEqual(['1', '1.commit']);
    expect(await other.close()).toMatchObject({ hits: 1, misses: 0, savedMs: 1234 });
  });

  it('replaces what is there', async () => {
    const tree = await share('1');
    writeFileSync(join(cacheDirectory, '1', 'outputs', 'stale.js'), '');
    expect(await retrieve('1', cacheDirectory)).toBe(true);
    expect(describeTree(join(cacheDirectory, '1'))).toEqual(tree);
  });

  it('of what the server does not have is a miss and leaves nothing', async () => {
    expect(await retrieve('1', cacheDirectory)).toBe(false);
    expect(readdirSync(cacheDirectory)).toEqual([]);
    expect(await run.close()).toMatchObject({ hits: 0, misses: 1, trouble: null });
  });

  it('does not find what Nx itself has stored over HTTP', async () => {
    const hooks = await bed.openRun(server, { expectedFormat: 'nx.tar.gz' });
    await hooks.put('1', 'what Nx packs');
    await hooks.close();
    expect(await retrieve('1', cacheDirectory)).toBe(false);
    expect(hooks.wireHash('1')).not.toBe(run.wireHash('1'));
  });

  it.each<[string, () => Promise<Buffer> | Buffer]>([
    ['no archive', () => Buffer.from('no archive')],
    ['an empty archive', async () => compress(await makeTar([]))],
    [
      'an archive without a terminal output',
      async () => compress(await makeTar([{ name: 'code', content: '0' }])),
    ],
    [
      'an archive that leads out of its folder',
      async () =>
        compress(
          await makeTar([
            { name: 'code', content: '0' },
            { name: 'terminalOutput', content: '' },
            { name: '../evil', content: 'x' },
          ]),
        ),
    ],
  ])('of %s is a miss, and Nx does not take what is there for an entry', async (_what, make) => {
    server.keep(run.wireHash('1'), await make());
    expect(await retrieve('1', cacheDirectory)).toBe(false);
    expect(existsSync(join(cacheDirectory, '1.commit'))).toBe(false);
    expect(existsSync(join(cacheDirectory, 'evil'))).toBe(false);
    expect(await run.close()).toMatchObject({
      hits: 0,
      misses: 1,
      trouble: { code: expect.stringMatching(/^LARDER_ARCHIVE_/) as string },
    });
  });

  it('of a damaged artifact is a miss and leaves an entry that is there alone', async () => {
    await share('1');
    const before = describeTree(cacheDirectory);
    const { body } = server.artifacts.get(run.wireHash('1'))!;
    server.artifacts.set(run.wireHash('1'), {
      body,
      headers: { 'x-artifact-tag': `sha256-${'A'.repeat(43)}=` },
    });
    expect(await retrieve('1', cacheDirectory)).toBe(false);
    expect(describeTree(cacheDirectory)).toEqual(before);
    expect((await run.close()).trouble?.code).toBe('LARDER_DIGEST_MISMATCH');
  });

  it('of a whole archive with a wrong signature is a miss and leaves nothing', async () => {
    await share('1');
    const other = bed.makeFolder();
    const signed = await openRun({ signatureKey: 'a key of at least thirty-two bytes' });
    const { body } = server.artifacts.get(run.wireHash('1'))!;
    server.artifacts.set(signed.wireHash('1'), {
      body,
      headers: { 'x-artifact-tag': 'd3Jvbmc=' },
    });
    expect(await retrieve('1', other, signed)).toBe(false);
    expect(readdirSync(other)).toEqual([]);
    expect((await signed.close()).trouble?.code).toBe('LARDER_SIGNATURE_MISMATCH');
  });

  it('from a server in trouble is a miss', async () => {
    server.behaviour.get = answer(500);
    expect(await retrieve('1', cacheDirectory)).toBe(false);
    expect((await run.close()).trouble?.code).toBe('LARDER_HTTP_SERVER_ERROR');
  });

  it('into a folder that is none is a miss', async () => {
    await share('1');
    const file = join(bed.makeFolder(), 'file');
    writeFileSync(file, '');
    expect(await retrieve('1', file)).toBe(false);
    expect((await run.close()).trouble?.code).toBe('LARDER_ARCHIVE_IO');
  });

  it('under a name that leads out of the cache is a miss', async () => {
    const parent = bed.makeFolder();
    const folder = join(parent, 'cache');
    mkdirSync(folder);
    writeFileSync(join(parent, 'precious'), '');
    for (const taskHash of ['..', '.', '../x', '']) {
      expect(await retrieve(taskHash, folder)).toBe(false);
    }
    expect(readdirSync(parent).sort()).toEqual(['cache', 'precious']);
    expect(server.seen('get')).toEqual([]);
  });

  it('by a run that only writes is a miss without a question', async () => {
    await share('1');
    const writing = await openRun({ mode: 'write' });
    expect(await retrieve('1', bed.makeFolder(), writing)).toBe(false);
    expect(server.seen('get')).toEqual([]);
  });

  it('is one request of the server for all who want the same in the same place', async () => {
    await share('1');
    const gate = createGate();
    server.behaviour.get = waitFor(gate);
    const elsewhere = bed.makeFolder();
    const answers = Array.from({ length: 5 }, () => retrieve('1', elsewhere));
    await until('it is asked for', () => server.seen('get').length === 1);
    gate.open();
    expect(await Promise.all(answers)).toEqual([true, true, true, true, true]);
    expect(server.seen('get')).toHaveLength(1);
  });
});
