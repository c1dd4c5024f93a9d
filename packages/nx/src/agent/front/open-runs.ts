import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { artifactHash } from '../../identity/artifact-hash.ts';
import type { OpenRunRequest, RunReference } from '../protocol/control-api.ts';
import type { RunConfiguration } from '../protocol/run-configuration.ts';
import { createRunLedger, type RunLedger } from './run-ledger.ts';

/** One Nx command as the front knows it. */
export interface Run {
  readonly id: string;
  readonly token: string;
  readonly contextId: string | null;
  /** The process whose end also ends the run. */
  ownerPid: number;
  readonly configuration: RunConfiguration;
  readonly ledger: RunLedger;
  /** Bytes of artifacts that wait for exact durations. */
  heldBytes: number;
  /** Closed runs stay known until the last of their uploads has ended. */
  isOpen: boolean;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** Exact running times by task hash, in milliseconds; known when the run is closed. */
  durationsMs: Readonly<Record<string, number>>;
}

export interface OpenRuns {
  open(request: OpenRunRequest): Run;
  /**
   * The open run of the same command with the same configuration: Nx calls a plugin that is listed
   * twice, or is there in two copies, once for each of them.
   */
  findEqual(request: OpenRunRequest): Run | null;
  /** The open run that an `Authorization` header names, or null. */
  authorized(authorization: string | undefined): Run | null;
  find(reference: RunReference): Run | null;
  byId(runId: string): Run | null;
  all(): readonly Run[];
  forget(run: Run): void;
}

export function createOpenRuns(now: () => number = Date.now): OpenRuns {
  const runs = new Map<string, Run>();
  const idsByTokenDigest = new Map<string, string>();

  return {
    open({ ownerPid, contextId, configuration }) {
      const id = randomUUID();
      const token = randomBytes(32).toString('base64url');
      const { expectedFormat, mode, namespace, startEstimate, upstream } = configuration;
      const ledger = createRunLedger({
        runId: id,
        url: upstream.url,
        mode,
        startEstimate,
        artifactHashOf: (taskHash, format) =>
          artifactHash({ format: format ?? expectedFormat, namespace, taskHash }),
      });
      const run: Run = {
        id,
        token,
        contextId,
        ownerPid,
        configuration,
        ledger,
        heldBytes: 0,
        isOpen: true,
        openedAt: now(),
        durationsMs: {},
      };
      runs.set(id, run);
      idsByTokenDigest.set(digest(token), id);
      return run;
    },
    findEqual({ contextId, configuration }) {
      const isEqual = (run: Run) =>
        run.isOpen &&
        run.contextId === contextId &&
        isDeepStrictEqual(run.configuration, configuration);
      return contextId === null ? null : ([...runs.values()].find(isEqual) ?? null);
    },
    authorized(authorization) {
      const token = bearerToken(authorization);
      const run = token === null ? null : runs.get(idsByTokenDigest.get(digest(token)) ?? '');
      return run?.isOpen ? run : null;
    },
    find(reference) {
      const open = [...runs.values()].filter((run) => run.isOpen);
      switch (reference.by) {
        case 'id':
          return open.find((run) => run.id === reference.runId) ?? null;
        case 'context':
          return open.find((run) => run.contextId === reference.contextId) ?? null;
        case 'tasks':
          return mostFamiliar(open, reference.taskHashes);
      }
    },
    byId: (runId) => runs.get(runId) ?? null,
    all: () => [...runs.values()],
    forget(run) {
      runs.delete(run.id);
      idsByTokenDigest.delete(digest(run.token));
    },
  };
}

export function bearerToken(authorization: string | undefined): string | null {
  return authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : null;
}

/** Compares secrets in a time that tells nothing about them. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)));
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

/**
 * The run that has seen most of the tasks; of equals the one that has seen the fewest others, which
 * are another command's; of those the oldest, since commands end in order.
 */
function mostFamiliar(runs: readonly Run[], taskHashes: readonly string[]): Run | null {
  let best: { run: Run; own: number; others: number } | null = null;
  for (const run of runs) {
    const own = taskHashes.filter((taskHash) => run.ledger.knows(taskHash)).length;
    const others = run.ledger.taskCount() - own;
    if (!best || own > best.own || (own === best.own && others < best.others)) {
      best = { run, own, others };
    }
  }
  return best?.run ?? null;
}
