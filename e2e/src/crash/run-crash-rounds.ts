import { randomInt } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { type Machine } from '../machines/create-machine.ts';
import {
  crashWhileStarting,
  type LarderServer,
  startLarderServer,
} from '../server/start-larder-server.ts';
import { type ArtifactLedger, createArtifactLedger } from './artifact-ledger.ts';
import { authorizationOf, fetchArtifact, type LoadFigures, loadServer } from './load-server.ts';

/** The moment of death, counted from the first request on. */
const LIFETIME_MS = { least: 5, most: 600 };
/** After so many rounds everything is deleted, so that a round stays short and the disk does not fill. */
const ROUNDS_BETWEEN_DELETIONS = 10;
const VERIFIERS = 4;
/** In one of so many rounds the server is killed once more, before it listens. */
const START_CRASH_ONE_IN = 4;
const LONGEST_START_MS = 800;

export interface CrashRound extends Omit<LoadFigures, 'problems'> {
  /** Uploads that the killed server left on disk. */
  readonly unfinished: number;
  /** How often the server was killed while it started. */
  readonly startCrashes: number;
  /** Whether the server said that it had to remove something beside such files. */
  readonly wasRepaired: boolean;
  /** Artifacts that were fetched after the restart and compared. */
  readonly verified: number;
  readonly seconds: number;
  /** What is not as it has to be; empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Loads the installed `larder-server`, kills it at a random moment, starts it again on the same data
 * folder, and compares everything that it has with everything that it was given; again and again.
 */
export async function runCrashRounds(
  machine: Machine,
  { rounds, onRound }: { readonly rounds: number; readonly onRound?: (round: CrashRound) => void },
): Promise<CrashRound[]> {
  const results: CrashRound[] = [];
  const ledger = createArtifactLedger();
  let server = await startLarderServer(machine);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const startedAt = performance.now();
      const load = loadServer(server, ledger, `round-${round}`);
      await delay(randomInt(LIFETIME_MS.least, LIFETIME_MS.most));
      load.expectEnd();
      await server.kill();
      const figures = await load.ended;
      const unfinished = (await readdir(join(server.dataDirectory, 'uploads'))).length;

      const startCrashes = randomInt(START_CRASH_ONE_IN) === 0 ? 1 : 0;
      if (startCrashes > 0) await crashWhileStarting(machine, randomInt(1, LONGEST_START_MS));
      server = await startLarderServer(machine);
      const { verified, problems } = await verify(server, ledger);
      const wasRepaired = server.output().includes('has been repaired');
      if (round % ROUNDS_BETWEEN_DELETIONS === 0) {
        problems.push(...(await deleteEverything(server)));
        ledger.clear();
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const allProblems = [...figures.problems, ...problems];
      const result = {
        ...figures,
        unfinished,
        startCrashes,
        wasRepaired,
        verified,
        seconds,
        problems: allProblems,
      };
      results.push(result);
      onRound?.(result);
    }
  } finally {
    await server.stop();
  }
  return results;
}

/** Fetches everything that was ever offered, and looks at what is on disk. */
async function verify(
  server: LarderServer,
  ledger: ArtifactLedger,
): Promise<{ verified: number; problems: string[] }> {
  const problems: string[] = [];
  const left = ledger.paths();
  let verified = 0;
  async function work(): Promise<void> {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      const answer = await fetchArtifact(server, path);
      if (answer.status === 200) verified += 1;
      const problem = ledger.judge(path, answer);
      if (problem !== null) problems.push(`after the restart, ${problem}`);
    }
  }
  await Promise.all(Array.from({ length: VERIFIERS }, work));
  problems.push(...(await leftoversIn(server.dataDirectory, verified)));
  if (server.output().includes('damaged')) problems.push('the server found a damaged artifact');
  return { verified, problems };
}

async function deleteEverything(server: LarderServer): Promise<string[]> {
  const { status } = await fetch(`${server.url}/v8/artifacts`, {
    method: 'DELETE',
    headers: authorizationOf(server),
  });
  const leftovers = await leftoversIn(server.dataDirectory, 0);
  return status === 200 ? leftovers : [`deleting is answered with ${status}`];
}

/** Everything in a data folder that belongs neither to one of its artifacts nor to the server itself. */
async function leftoversIn(folder: string, artifacts: number): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const blobs = files.filter((file) => file.startsWith('blobs/'));
  const others = files.filter(
    (file) =>
      !file.startsWith('blobs/') && !/^(?:token|larder\.(?:lock|sqlite(?:-wal|-shm)?))$/.test(file),
  );
  return [
    ...others.map((file) => `${file} is left over`),
    ...(blobs.length === artifacts ? [] : [`${blobs.length} files of ${artifacts} artifacts`]),
  ];
}
