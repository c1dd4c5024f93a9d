import { closeRun } from '../launch/agent-client.ts';
import { createAgentBed, type RunOptions } from '../../testing/agent-bed.fixture.ts';
import { answer, proceed, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { kill, workerPid } from '../../testing/processes.fixture.ts';
import { until } from '../../testing/test-bed.fixture.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

const open = (options: RunOptions = {}) => bed.openRun(server, { waitsForUse: true, ...options });

describe('a run that waits for its use', () => {
  it('asks the server nothing when it is not used, whatever its tasks were', async () => {
    const run = await open();
    expect(await run.close({ '1': 1000 })).toMatchObject({ hits: 0, misses: 0, trouble: null });
    // A later run is used, so that everything before it has been seen by now.
    const used = await open();
    await used.get('2');
    await used.close();
    expect(
      server.requests.map(({ kind }) => kind).filter((kind) => kind === 'status'),
    ).toHaveLength(1);
    expect(server.seen('get').map(({ hash }) => hash)).toEqual([used.wireHash('2')]);
  });

  it('leaves alone what others left, until it is used', async () => {
    server.behaviour.put = answer(500);
    const earlier = await bed.openRun(server);
    await earlier.put('1', 'parked');
    expect(await earlier.close()).toMatchObject({ pendingUploads: 1 });
    server.behaviour.put = proceed;
    const unused = await open();
    await unused.close();
    expect(server.artifacts.size).toBe(0);
    const used = await open();
    await used.get('2');
    await until('the leftover is sent', () => server.artifacts.has(earlier.wireHash('1')));
  });

  it('sends what others left when its tasks were in the cache of Nx', async () => {
    server.behaviour.put = answer(500);
    const earlier = await bed.openRun(server);
    await earlier.put('1', 'parked');
    await earlier.close();
    server.behaviour.put = proceed;
    const run = await open();
    const request = { run: { by: 'id', runId: run.runId }, durationsMs: {} } as const;
    await closeRun(bed.dataDirectory, { ...request, localHits: ['2'] }, () => undefined);
    await until('the leftover is sent', () => server.artifacts.has(earlier.wireHash('1')));
  });

  it.each<[string, (run: Awaited<ReturnType<typeof open>>) => Promise<unknown>]>([
    ['a lookup', (run) => run.get('1')],
    ['an upload', (run) => run.put('1', 'built')],
  ])('is used by %s', async (_what, use) => {
    const run = await open();
    await use(run);
    await run.close();
    expect(server.seen('status')).toHaveLength(1);
    expect(server.seen('get').length + server.seen('put').length).toBe(1);
  });

  it('is used although its worker died meanwhile', async () => {
    const run = await open();
    const first = await workerPid(bed.dataDirectory);
    kill(first, 'SIGKILL');
    await until('there is another worker', async () => {
      const pid = await workerPid(bed.dataDirectory);
      return pid !== first;
    });
    expect(server.requests).toEqual([]);
    server.keep(run.wireHash('1'), Buffer.from('found'));
    await until('it is found', async () => (await run.get('1')).status === 200);
  });
});
