import { randomUUID } from 'node:crypto';
import type { AuthorizedConfiguration } from '../protocol/run-configuration.ts';
import type { RunSession } from './run-session.ts';
import type { UploadQueue } from './upload-queue.ts';

/** However long the server has been away, it is asked once a minute. */
const maxDelayMs = 60_000;

/**
 * Sends what the server could not be reached for as soon as it can be, as long as this agent lives.
 * Runs may have ended by then: the credentials of the last one that was in trouble are used again.
 */
export interface ParkedUploads {
  /** An upload has been parked by a run with this configuration. */
  add(configuration: AuthorizedConfiguration): void;
}

export interface ParkedUploadsOptions {
  readonly queue: UploadQueue;
  /** Those that the queue may send with. */
  readonly sessions: Map<string, RunSession>;
  /** Opens one with connections of its own, for what others know of the server may be out of date. */
  readonly openSession: (runId: string, configuration: AuthorizedConfiguration) => RunSession;
}

interface Attempts {
  configuration: AuthorizedConfiguration;
  delayMs: number;
}

export function createParkedUploads(options: ParkedUploadsOptions): ParkedUploads {
  const { queue, sessions } = options;
  /** By what an attempt is made with. */
  const attempts = new Map<string, Attempts>();
  /** What to try again: something was parked since the last attempt began. */
  const needed = new Set<string>();

  function schedule(name: string, attempt: Attempts): void {
    setTimeout(() => {
      void makeAttempt(name, attempt);
    }, attempt.delayMs);
  }

  async function makeAttempt(name: string, attempt: Attempts): Promise<void> {
    needed.delete(name);
    const hasReached = await send(attempt.configuration).catch(() => false);
    if (hasReached && !needed.has(name)) {
      attempts.delete(name);
      return;
    }
    attempt.delayMs = Math.min(attempt.delayMs * 2, maxDelayMs);
    schedule(name, attempt);
  }

  /** @returns whether the server can be reached. */
  async function send(configuration: AuthorizedConfiguration): Promise<boolean> {
    const session = options.openSession(`parked-${randomUUID()}`, configuration);
    try {
      await session.probed;
      if (session.upstream.isDown()) return false;
      sessions.set(session.runId, session);
      await queue.adoptLeftovers().finally(() => sessions.delete(session.runId));
      await queue.forget(session);
      return true;
    } finally {
      await session.close();
    }
  }

  return {
    add(configuration) {
      const name = JSON.stringify([configuration.upstream, configuration.token]);
      needed.add(name);
      const known = attempts.get(name);
      // An attempt looks nothing up, so there is nothing to ask the server for beforehand.
      const uploadsOnly = { ...configuration, expectedTasks: [] };
      if (known) known.configuration = uploadsOnly;
      else {
        const attempt = { configuration: uploadsOnly, delayMs: configuration.uploadRetryMs };
        attempts.set(name, attempt);
        schedule(name, attempt);
      }
    },
  };
}
