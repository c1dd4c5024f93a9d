import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type DaemonMode } from '../environment.ts';
import { runCommand } from '../processes/run-command.ts';
import { repositoryRoot } from '../repository.ts';
import { doorOf, isAtLeast } from '../workspace/nx-version.ts';
import { type CellResult } from './format-matrix.ts';

const SPECS = ['round-trip', 'durations', 'nx-client'];
/** Installing, and a build of 200 MB with and without the daemon, on a slow machine. */
const TIMEOUT_MS = 20 * 60_000;

/** A column of the matrix. */
interface Column {
  readonly name: string;
  /** What the full names of its tests contain. */
  readonly part: string;
  /** Versions of Nx that it says something about. */
  readonly isFor: (nxVersion: string) => boolean;
  /** Where it is about one of them. */
  readonly daemonMode?: DaemonMode;
}

/** Tests whose names hold it are in that column only. */
const FAST_LANE = 'in the fast lane';

const all = (): boolean => true;

const COLUMNS: readonly Column[] = [
  { name: 'daemon off', part: 'with the daemon off', isFor: all, daemonMode: 'off' },
  { name: 'daemon on', part: 'with the daemon on', isFor: all, daemonMode: 'on' },
  { name: 'durations', part: 'stores how long each task ran', isFor: all },
  { name: 'fast lane', part: FAST_LANE, isFor: (nxVersion) => isAtLeast(nxVersion, 20) },
  {
    name: 'own client',
    part: "Nx's own client",
    isFor: (nxVersion) => doorOf(nxVersion) === 'hooks',
  },
];

/** The part of jest's `--json` file that is read here. */
interface JestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export interface SpecRun {
  readonly cells: CellResult[];
  readonly durationMs: number;
  /** What jest said. */
  readonly report: string;
}

export interface SpecOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly daemonModes: readonly DaemonMode[];
}

/** Runs the specs of the matrix with one version of Nx. */
export async function runSpecs(
  nxVersion: string,
  { env, daemonModes }: SpecOptions,
): Promise<SpecRun> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-e2e-matrix-'));
  const file = join(folder, 'report.json');
  try {
    const jest = join(repositoryRoot, 'node_modules', 'jest', 'bin', 'jest.js');
    const { stdout, stderr, durationMs } = await runCommand(
      process.execPath,
      [jest, '--runInBand', '--json', '--outputFile', file, ...SPECS],
      {
        cwd: join(repositoryRoot, 'e2e'),
        env: { ...env, LARDER_E2E_NX: nxVersion, LARDER_E2E_DAEMON: daemonModes.join(',') },
        timeoutMs: TIMEOUT_MS,
      },
    );
    const json = await readFile(file, 'utf8').catch(() => '{"testResults":[]}');
    const results = (JSON.parse(json) as JestReport).testResults.flatMap(
      ({ assertionResults }) => assertionResults,
    );
    const columns = COLUMNS.filter(
      ({ isFor, daemonMode }) =>
        isFor(nxVersion) && (daemonMode === undefined || daemonModes.includes(daemonMode)),
    );
    const cells = columns.map(({ name, part }) => {
      const tests = results.filter(
        ({ fullName }) =>
          fullName.includes(part) && fullName.includes(FAST_LANE) === (part === FAST_LANE),
      );
      const passed = tests.filter(({ status }) => status === 'passed').length;
      return { name, passed, failed: tests.length - passed };
    });
    // With --json jest prints its result on standard output as well, for programs only.
    return { cells, durationMs, report: results.length > 0 ? stderr : stdout + stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
