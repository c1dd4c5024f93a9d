import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeRun } from '../agent/launch/agent-client.ts';
import { createAgentBed, type TestRun } from '../testing/agent-bed.fixture.ts';
import { waitFor, type ArtifactsServer } from '../testing/artifacts-server.fixture.ts';
import { createGate } from '../testing/test-bed.fixture.ts';
import { endRun } from './end-run.ts';
import type { ReportOutlets } from './report-outlets.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

const noOutlets: ReportOutlets = { reportFile: null, stepSummaryFile: null };

function end(
  run: Pick<TestRun, 'runId'>,
  print: (line: string) => void,
  outlets = noOutlets,
): Promise<unknown> {
  const request = { run: { by: 'id', runId: run.runId }, durationsMs: {} } as const;
  return endRun({
    close: (onProgress) => closeRun(bed.dataDirectory, request, onProgress),
    print,
    outlets,
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

describe('a report that goes elsewhere too', () => {
  async function endWith(outlets: Partial<ReportOutlets>, isUsed = true): Promise<string[]> {
    const run = await bed.openRun(server);
    if (isUsed) await run.put('1', 'hello');
    const lines: string[] = [];
    await end(run, (line) => lines.push(line), { ...noOutlets, ...outlets });
    return lines;
  }

  it('is added to the summary of the job, once for each command', async () => {
    const stepSummaryFile = join(bed.makeFolder(), 'summary.md');
    writeFileSync(stepSummaryFile, 'before\n');
    await endWith({ stepSummaryFile });
    await endWith({ stepSummaryFile });
    const text = readFileSync(stepSummaryFile, 'utf8');
    expect(text).toMatch(/^before\n### Larder\n/);
    expect(text.match(/1 artifact, 5 B up/g)).toHaveLength(2);
  });

  it('is not added where there is nothing to say', async () => {
    const stepSummaryFile = join(bed.makeFolder(), 'summary.md');
    writeFileSync(stepSummaryFile, '');
    expect(await endWith({ stepSummaryFile }, false)).toEqual([]);
    expect(readFileSync(stepSummaryFile, 'utf8')).toBe('');
  });

  it('is written for scripts, in the place of the former one', async () => {
    const folder = join(bed.makeFolder(), 'reports');
    const reportFile = join(folder, 'larder.json');
    await endWith({ reportFile });
    await endWith({ reportFile }, false);
    expect(JSON.parse(readFileSync(reportFile, 'utf8'))).toMatchObject({ version: 1, uploads: 0 });
    await endWith({ reportFile });
    expect(JSON.parse(readFileSync(reportFile, 'utf8'))).toMatchObject({
      version: 1,
      uploads: 1,
      tasks: [{ taskHash: '1', store: 'uploaded' }],
    });
    expect(readdirSync(folder)).toEqual(['larder.json']);
  });

  it.each([
    ['reportFile', 'LARDER_REPORT_FILE'],
    ['stepSummaryFile', 'GITHUB_STEP_SUMMARY'],
  ] as const)('costs one line when it cannot be written: %s', async (outlet, setting) => {
    const file = join(bed.makeFolder(), 'a folder');
    mkdirSync(file);
    const lines = await endWith({ [outlet]: file });
    expect(lines).toEqual([
      'Larder: 1 stored · 5 B up',
      expect.stringMatching(`^Larder: warning: .*${setting}.*\\(LARDER_REPORT_NOT_WRITTEN\\)$`),
    ]);
  });
});
