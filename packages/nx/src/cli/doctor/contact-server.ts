import type { CachingStatus } from '@larder/client';
import { isLarderError, type LarderError } from '@larder/client/errors';
import type { ResolvedOptions } from '../../options/larder-options.ts';
import { connect, type Connection } from '../server/connection.ts';
import { askStatus } from '../server/server-facts.ts';
import { askWhoAmI, type WhoAmI } from '../server/who-am-i.ts';
import { probe } from './probe.ts';

/** How the server answered the first questions. Holds a secret: never print it. */
export interface ServerContact {
  readonly url: string;
  /** Null when no token could be got for the identity of the CI job. */
  readonly connection: Connection | null;
  /** What went wrong; null when it answered as a cache does. */
  readonly error: LarderError | null;
  readonly status: CachingStatus | null;
  readonly latencyMs: number | null;
  readonly whoAmI: WhoAmI | null;
  /** How far the server's clock is ahead of this machine's; null when it does not tell. */
  readonly clockAheadMs: number | null;
}

/** Null when there is no token and nothing to get one with. */
export async function contactServer(options: ResolvedOptions): Promise<ServerContact | null> {
  const { url } = options;
  const nothing = { status: null, latencyMs: null, whoAmI: null, clockAheadMs: null };
  let connection: Connection | null;
  try {
    connection = await connect(options);
  } catch (error) {
    return { url, connection: null, error: asLarderError(error), ...nothing };
  }
  if (connection === null) return null;
  try {
    const { status, latencyMs } = await askStatus(connection);
    const whoAmI = await askWhoAmI(connection);
    return {
      url,
      connection,
      error: null,
      status,
      latencyMs,
      whoAmI,
      clockAheadMs: await clock(url),
    };
  } catch (error) {
    const clockAheadMs = await clock(url);
    return { url, connection, error: asLarderError(error), ...nothing, clockAheadMs };
  }
}

/** By the Date header, which counts seconds: half of one is the best guess for the rest. */
async function clock(url: string): Promise<number | null> {
  const answer = await probe(url, { hasProxy: true });
  if (answer.kind === 'failed' || answer.dateMs === null) return null;
  return answer.dateMs + 500 - answer.askedAtMs;
}

function asLarderError(error: unknown): LarderError {
  if (isLarderError(error)) return error;
  throw error;
}
