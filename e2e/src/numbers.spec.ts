// Five places tell what a cache was good for: the terminal, `larder last`, `larder stats`, the metrics and
// the dashboard. After the same builds all of them have the same numbers, which are those that the test
// counts itself.
import { join } from 'node:path';

import { type OpenBrowser, openBrowser } from './browser/open-browser.ts';
import { figureOf } from './dashboard/figure-of.ts';
import { logIn } from './dashboard/visit.ts';
import { readAmount, type ShownAmount } from './dashboard/read-amount.ts';
import { createMachine } from './machines/create-machine.ts';
import { killAgent, waitUntilNoAgent } from './processes/agent-processes.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { runCommand } from './processes/run-command.ts';
import { readMetric } from './server/read-usage.ts';
import {
  type LarderServer,
  larderVariables,
  startLarderServer,
} from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { independentTasks } from './workspace/independent-tasks.ts';
import { lastingLines } from './workspace/larder-lines.ts';
import { supportedNxVersions } from './workspace/nx-version.ts';
import { removeLocalCache, removeOutputs } from './workspace/outputs.ts';
import { runBuild } from './workspace/run-build.ts';

const NX_VERSION = supportedNxVersions.at(-1) ?? '';
const TASKS = 6;

/** What everybody should tell. */
interface Numbers {
  hits: number;
  misses: number;
  downBytes: number;
  upBytes: number;
  savedMs: number;
}

interface ToldArtifact {
  readonly hash: string;
  readonly sizeBytes: number;
  readonly durationMs: number;
}

let cleanup: CleanupStack;
let server: LarderServer;
let workspace: Workspace;
let browser: OpenBrowser;
let counted: Numbers;
/** The report of each build, from the terminal and from `larder last`. */
const lines: string[] = [];
const reports: Readonly<Record<string, number>>[] = [];

beforeAll(async () => {
  cleanup = createCleanupStack();
  const machine = await createMachine();
  cleanup.add(machine.remove);
  server = await startLarderServer(machine);
  cleanup.add(server.stop);
  workspace = await createWorkspace({
    machine,
    nxVersion: NX_VERSION,
    projects: independentTasks(TASKS),
    cache: 'larder',
  });
  cleanup.add(() => killAgent(workspace));
  browser = await openBrowser();
  cleanup.add(() => browser.close());

  let hits = 0;
  let misses = 0;
  for (let build = 0; build < 3; build += 1) {
    await removeOutputs(workspace);
    await removeLocalCache(workspace);
    const { tasks, executed, output } = await runBuild(workspace, { env: larderVariables(server) });
    hits += tasks.filter(({ source }) => source === 'remote').length;
    misses += executed.length;
    lines.push(...lastingLines(output));
    await waitUntilNoAgent(workspace, { timeoutMs: 60_000 });
    const { report } = await larderJson<{ report: Readonly<Record<string, number>> }>('last');
    reports.push(report);
  }
  counted = await countBytes({ hits, misses });
});
afterAll(() => cleanup.run());

/** Every build but the first one got every artifact. */
async function countBytes(lookups: Pick<Numbers, 'hits' | 'misses'>): Promise<Numbers> {
  const answer = await fetch(`${server.url}/larder/v1/artifacts`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  const { artifacts } = (await answer.json()) as { artifacts: readonly ToldArtifact[] };
  expect(artifacts).toHaveLength(TASKS);
  const sum = (valueOf: (artifact: ToldArtifact) => number) =>
    artifacts.reduce((total, artifact) => total + valueOf(artifact), 0);
  const upBytes = sum(({ sizeBytes }) => sizeBytes);
  return {
    ...lookups,
    downBytes: 2 * upBytes,
    upBytes,
    savedMs: 2 * sum(({ durationMs }) => durationMs),
  };
}

async function larderJson<T>(...args: string[]): Promise<T> {
  const file = join(workspace.folder, 'node_modules', '.bin', 'larder');
  const { stdout, stderr } = await runCommand(file, [...args, '--json'], {
    cwd: workspace.folder,
    env: { ...workspace.machine.env, ...larderVariables(server) },
  });
  expect({ args, stderr }).toEqual({ args, stderr: '' });
  return JSON.parse(stdout) as T;
}

it('the test has counted what it let happen', () => {
  expect(counted).toMatchObject({ hits: 2 * TASKS, misses: TASKS });
  expect(counted.upBytes).toBeGreaterThan(0);
  expect(counted.savedMs).toBeGreaterThan(0);
});

it('the terminal tells them', () => {
  expect(lines).toEqual([
    expect.stringMatching(
      new RegExp(`^Larder: 0 of ${TASKS} tasks from the remote cache · ${TASKS} stored · .* up$`),
    ),
    ...[1, 2].map(
      () =>
        expect.stringMatching(
          new RegExp(
            `^Larder: ${TASKS} of ${TASKS} tasks from the remote cache · .* saved · .* down$`,
          ),
        ) as string,
    ),
  ]);
  const amounts = (pattern: RegExp) =>
    lines.map((line) => readAmount(pattern.exec(line)?.[1] ?? '0 B'));
  const down = amounts(/· ([^·]+) down/);
  const up = amounts(/· ([^·]+) up/);
  expectAbout(addAmounts(down), counted.downBytes);
  expectAbout(addAmounts(up), counted.upBytes);
  expectAbout(addAmounts(amounts(/· ([^·]+) saved/)), counted.savedMs);
});

it('larder last tells them', () => {
  const sum = (name: string) => sumOf(reports.map((report) => report[name] ?? NaN));
  expect({
    hits: sum('hits'),
    misses: sum('misses'),
    downBytes: sum('downloadedBytes'),
    upBytes: sum('uploadedBytes'),
    savedMs: sum('savedMs'),
  }).toEqual(counted);
});

it('larder stats tells them', async () => {
  const { totals } = await larderJson<{
    totals: Pick<Numbers, 'hits' | 'misses' | 'savedMs'> & {
      servedBytes: number;
      stored: { bytes: number };
    };
  }>('stats', '--range', '24h');
  expect({
    hits: totals.hits,
    misses: totals.misses,
    downBytes: totals.servedBytes,
    upBytes: totals.stored.bytes,
    savedMs: totals.savedMs,
  }).toEqual(counted);
});

it('the metrics tell them', async () => {
  expect({
    hits: await readMetric(server, 'larder_lookups_total', { result: 'hit' }),
    misses: await readMetric(server, 'larder_lookups_total', { result: 'miss' }),
    downBytes: await readMetric(server, 'larder_served_bytes_total'),
    upBytes: await readMetric(server, 'larder_received_bytes_total', { result: 'stored' }),
    savedMs: Math.round((await readMetric(server, 'larder_saved_seconds_total')) * 1000),
  }).toEqual(counted);
});

it('the dashboard tells them', async () => {
  const { page, close } = await browser.openPage();
  try {
    await logIn(page, server);
    const lookups = counted.hits + counted.misses;
    await page.getByText(`${counted.hits} of ${lookups} lookups`).waitFor();
    expectAbout(readAmount(await figureOf(page, 'Time saved').innerText()), counted.savedMs);
    const [, down = '', up = ''] =
      /^(.+) down, (.+) up$/.exec(await page.getByText(/ down, .* up$/).innerText()) ?? [];
    expectAbout(readAmount(down), counted.downBytes);
    expectAbout(readAmount(up), counted.upBytes);
  } finally {
    await close();
  }
});

/** The same but for what rounding hid. */
function expectAbout(shown: ShownAmount, exact: number): void {
  expect(Math.abs(shown.amount - exact)).toBeLessThan(shown.step);
}

function addAmounts(amounts: readonly ShownAmount[]): ShownAmount {
  return {
    amount: sumOf(amounts.map(({ amount }) => amount)),
    step: sumOf(amounts.map(({ step }) => step)),
  };
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
