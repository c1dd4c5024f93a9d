import { closeRun } from '../agent/launch/agent-client.ts';
import { createAgentBed, type TestRun } from '../testing/agent-bed.fixture.ts';
import { waitFor, type ArtifactsServer } from '../testing/artifacts-server.fixture.ts';
import { createGate } from '../testing/test-bed.fixture.ts';
import { endRun } from './end-run.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

function end(run: Pick<TestRun, 'runId'>, print: (line: string) => void): Promise<unknown> {
  const request = { run: { by: 'id', runId: run.runId }, durationsMs: {} } as const;
  return endRun({
    close: (onProgress) => closeRun(bed.dataDirectory, request, onProgress),
    print,
  });
}

describe('the end of a run', () => {
  it('says nothing of a wait that is short', async () => {
    const run = await bed.openRun(server);
    await run.put('1', 'hello');
    const lines: string[] = [];
    await end(run, (line) => lines.push(line));
    expect(lines).toEqual(['Larder: 1 stored · 5 B up']);
  });

  it('tells people what a long wait is for, and not with every second', async () => {
    const gate = createGate();
    server.behaviour.put = waitFor(gate);
    const run = await bed.openRun(server);
    await run.put('1', 'hello');
    await run.put('2', 'hello again');
    const lines: string[] = [];
    await end(run, (line) => {
      lines.push(line);
      if (lines.length === 2) gate.open();
    });
    expect(lines).toEqual([
      'Larder: waiting for 2 uploads (16 B) …',
      'Larder: waiting for 2 uploads (16 B) …',
      'Larder: 2 stored · 16 B up',
    ]);
  });

  it('says nothing of a run that nobody knows', async () => {
    await bed.openRun(server);
    const lines: string[] = [];
    await end({ runId: 'unknown' }, (line) => lines.push(line));
    expect(lines).toEqual([]);
  });
});
