import type { CachingStatus } from '@larder/client';
import { isLarderError } from '@larder/client/errors';
import type { ResolvedOptions } from '../../options/larder-options.ts';
import type { Trouble } from '../../report/run-report.ts';
import { toTrouble } from '../../report/trouble.ts';
import { connect, type Connection } from './connection.ts';
import { askWhoAmI, type WhoAmI } from './who-am-i.ts';

/** What can be known of the server without storing anything. */
export interface ServerFacts {
  readonly url: string;
  /** Whether it gave any answer; null when it was not asked. */
  readonly isReachable: boolean | null;
  readonly latencyMs: number | null;
  /** Whether caching is available to the team. */
  readonly status: CachingStatus | null;
  /** Null where that is not known without trying. */
  readonly mayRead: boolean | null;
  readonly mayWrite: boolean | null;
  /** Null where the server does not tell. */
  readonly token: WhoAmI | null;
  readonly trouble: Trouble | null;
}

/** No artifact has it: those of the plugin are named by a digest. */
const nobodysHash = '0'.repeat(64);

const unknown = {
  isReachable: null,
  latencyMs: null,
  status: null,
  mayRead: null,
  mayWrite: null,
  token: null,
  trouble: null,
} as const;

/** Asks the server who we are to it. Never rejects: trouble is one of the facts. */
export async function gatherServerFacts(options: ResolvedOptions): Promise<ServerFacts> {
  const { url } = options;
  let connection: Connection | null = null;
  try {
    connection = await connect(options);
    if (connection === null) return { url, ...unknown };
    return { url, ...(await ask(connection)) };
  } catch (error) {
    return { url, ...unknown, trouble: toTrouble(error) };
  } finally {
    await connection?.close();
  }
}

async function ask(connection: Connection): Promise<Omit<ServerFacts, 'url'>> {
  const startedAt = performance.now();
  try {
    const { status, latencyMs } = await askStatus(connection);
    const token = await askWhoAmI(connection);
    const isEnabled = status === null || status === 'enabled';
    return {
      isReachable: true,
      latencyMs,
      status,
      mayRead: isEnabled,
      mayWrite: token === null ? null : isEnabled && token.access === 'read-write',
      token,
      trouble: null,
    };
  } catch (error) {
    const trouble = toTrouble(error);
    const isRefused = trouble.code.startsWith('LARDER_ACCESS_');
    const isAnswer = isRefused || trouble.code.startsWith('LARDER_HTTP_');
    return {
      ...unknown,
      isReachable: isAnswer,
      latencyMs: isAnswer ? Math.round(performance.now() - startedAt) : null,
      ...(isRefused ? { mayRead: false, mayWrite: false } : {}),
      trouble,
    };
  }
}

export interface StatusAnswer {
  /** Null from a server that does not know the question. */
  readonly status: CachingStatus | null;
  readonly latencyMs: number;
}

/** Asks for the status, and for an artifact: the first may be answered whatever the team is. */
export async function askStatus({ client }: Connection): Promise<StatusAnswer> {
  const startedAt = performance.now();
  const status = await client.status({ retries: 0 }).catch((error: unknown) => {
    if (isLarderError(error) && error.code === 'LARDER_HTTP_ENDPOINT_UNKNOWN') return null;
    throw error;
  });
  const latencyMs = Math.round(performance.now() - startedAt);
  await client.head(nobodysHash, { retries: 0 });
  return { status, latencyMs };
}
