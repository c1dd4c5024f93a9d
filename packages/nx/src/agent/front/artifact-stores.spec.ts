import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createAgentBed, runConfiguration } from '../../testing/agent-bed.fixture.ts';
import { waitFor, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { createNxClient } from '../../testing/nx-client.fixture.ts';
import { startNxCommand } from '../../testing/nx-command.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';
import { closeRun } from '../launch/agent-client.ts';
import { dataLayout } from '../protocol/data-layout.ts';
import { createSpoolFolder } from '../spool/spool-folder.ts';
import { createArtifactStores } from './artifact-stores.ts';
import { createOpenRuns } from './open-runs.ts';
import type { WorkerSupervisor } from './worker-supervisor.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

describe('a store', () => {
  it('is answered before its upload has ended or even begun', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    const run = await bed.openRun(server, { uploadConcurrency: 1 });
    await Promise.all([run.get('1'), run.get('2')]);
    expect(await run.put('1', 'first')).toBe(200);
    expect(await run.put('2', 'second')).toBe(200);
    await until('the first upload has begun', () => server.seen('put').length === 1);
    expect(server.artifacts.size).toBe(0);
    gate.open();
    expect(await run.close()).toMatchObject({ uploads: 2, uploadedBytes: 11, pendingUploads: 0 });
    expect(await bed.spooled()).toEqual([]);
  });

  it('goes to the server of its own run, with the token of its own run', async () => {
    const other = await bed.startServer();
    const [first, second, third] = [
      await bed.openRun(server, { token: 'first' }),
      await bed.openRun(server, { token: 'second' }),
      await bed.openRun(other, { token: 'third' }),
    ];
    await Promise.all([first.put('1', 'a'), second.put('2', 'b'), third.put('3', 'c')]);
    for (const run of [first, second, third]) {
      expect(await run.close()).toMatchObject({ uploads: 1, url: expect.any(String) as string });
    }
    const sent = (to: ArtifactsServer) =>
      to.seen('put').map(({ hash, headers }) => [hash, headers.authorization]);
    expect(sent(server).sort()).toEqual(
      [
        [first.wireHash('1'), 'Bearer first'],
        [second.wireHash('2'), 'Bearer second'],
      ].sort(),
    );
    expect(sent(other)).toEqual([[third.wireHash('3'), 'Bearer third']]);
  });
});

describe('a disk that takes nothing', () => {
  // Nx reads the answer only when it has sent everything.
  it.each(['read', 'write'] as const)('does not leave a body half-read (%s)', async (mode) => {
    const folder = join(bed.makeFolder(), 'file');
    writeFileSync(folder, '');
    const supervisor: WorkerSupervisor = {
      send: () => undefined,
      lookUp: () => Promise.resolve({ kind: 'miss', code: null }),
      stop: () => Promise.resolve(),
    };
    const stores = createArtifactStores(createSpoolFolder(folder), supervisor, Date.now);
    const configuration = runConfiguration(server, { mode });
    const run = createOpenRuns().open({ ownerPid: process.pid, contextId: null, configuration });
    const body = Readable.from(Array.from({ length: 100 }, () => randomBytes(1000)));
    await stores.storeBody(run, '1', body, 100_000);
    expect(body.readableEnded).toBe(true);
  });

  it('costs the artifact and not the command, and is said', async () => {
    const run = await bed.openRun(server);
    await run.get('1');
    const { spool } = dataLayout(bed.dataDirectory);
    rmSync(spool, { recursive: true, force: true });
    writeFileSync(spool, 'a file where the folder should be');
    expect(await run.put('1', randomBytes(5_000_000))).toBe(200);
    expect(await run.put('2', 'small')).toBe(200);
    rmSync(spool);
    expect(await run.put('3', 'after it was mended')).toBe(200);
    const report = await run.close();
    expect(report).toMatchObject({
      uploads: 1,
      pendingUploads: 0,
      trouble: { code: 'LARDER_AGENT_SPOOL_FAILED' },
    });
    expect(report.tasks.map(({ taskHash, store }) => [taskHash, store])).toEqual([
      ['1', 'dropped'],
      ['2', 'dropped'],
      ['3', 'uploaded'],
    ]);
  });

  // A limit on the size of files stands for a disk that is full after a part of an artifact.
  it('from some byte on costs that artifact alone, which is read to its end', async () => {
    const { dataDirectory } = bed;
    const command = await startNxCommand(bed, {
      dataDirectory,
      configuration: runConfiguration(server),
      maxFileBlocks: 1000,
    });
    const run = await command.openRun();
    const nx = createNxClient(run);
    bed.onCleanUp(() => {
      nx.disconnect();
    });
    expect(await nx.put('1', randomBytes(8_000_000))).toBe(200);
    expect(await nx.put('2', randomBytes(100_000))).toBe(200);
    const report = await closeRun(
      dataDirectory,
      { run: { by: 'id', runId: run.runId }, durationsMs: {} },
      () => undefined,
    );
    expect(report?.tasks.map(({ store }) => store)).toEqual(['dropped', 'uploaded']);
    expect(report?.trouble).toMatchObject({
      code: 'LARDER_AGENT_SPOOL_FAILED',
      detail: expect.stringContaining('EFBIG') as string,
    });
    expect(server.seen('put')).toHaveLength(1);
    expect(await bed.spooled()).toEqual([]);
  });
});
