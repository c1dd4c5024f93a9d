import { join } from 'node:path';
import type { RetrieveAnswer } from '../agent/protocol/control-api.ts';
import { createRunCalls, type RunCalls } from '../agent/launch/run-calls.ts';
import { readEnvironment } from '../options/environment.ts';
import { formatTrouble } from '../report/format-report.ts';
import { toTrouble } from '../report/trouble.ts';

/**
 * Nx's interface for remote caches that it loads into its own process (Nx 20 to 24). A throw in
 * either would fail the command.
 */
export interface FolderCache {
  retrieve(taskHash: string, cacheDirectory: string): Promise<CachedResult | null>;
  store(
    taskHash: string,
    cacheDirectory: string,
    terminalOutput: string | null | undefined,
    code: number,
  ): Promise<boolean>;
}

export interface CachedResult {
  readonly outputsPath: string;
  readonly terminalOutput: string;
  readonly code: number;
}

/**
 * What `@larder/fast-lane` gives to Nx: folders go from Nx's cache to the agent and back, within the
 * run that the hooks or the runner have opened. Null when they have opened none, or not for this.
 */
export function getRemoteCache(): FolderCache | null {
  if (readEnvironment().fastLane === null) return null;
  const runs = createRunFollower();
  return {
    async retrieve(taskHash, cacheDirectory) {
      const layout = 'outputs';
      const answer = await runs.ask<RetrieveAnswer>((run) =>
        run.retrieve({ taskHash, cacheDirectory, layout }),
      );
      const result = answer?.result ?? null;
      return result && { outputsPath: join(cacheDirectory, taskHash), ...result };
    },
    async store(taskHash, cacheDirectory, terminalOutput, code) {
      const result = { code, terminalOutput: terminalOutput ?? '' };
      await runs.ask((run) => run.store({ taskHash, cacheDirectory, durationMs: null, result }));
      return true;
    },
  };
}

/** Asks in the name of the run that is open now: several may follow each other in one process. */
interface RunFollower {
  /** Null when there is no run, or no agent any more. */
  ask<Answer>(call: (run: RunCalls) => Promise<Answer>): Promise<Answer | null>;
}

interface FollowedRun {
  readonly token: string;
  readonly calls: RunCalls;
  /** Its agent is gone: it would be missed by every task, and one word is enough. */
  isLost: boolean;
}

function createRunFollower(): RunFollower {
  let followed: FollowedRun | null = null;

  function openRun(): FollowedRun | null {
    const { fastLane } = readEnvironment();
    if (followed?.token === fastLane?.token) return followed;
    followed?.calls.disconnect();
    if (fastLane === null) return (followed = null);
    const { url, token } = fastLane;
    const calls = createRunCalls({ port: Number(new URL(url).port), secret: token }, token);
    followed = { token, calls, isLost: false };
    return followed;
  }

  return {
    async ask(call) {
      const run = openRun();
      if (run === null || run.isLost) return null;
      try {
        return await call(run.calls);
      } catch (error) {
        lose(run, error);
        return null;
      }
    },
  };
}

function lose(run: FollowedRun, error: unknown): void {
  if (!run.isLost) console.log(formatTrouble(toTrouble(error)));
  run.isLost = true;
}
