import { askLarderApi } from './ask-larder-api.ts';
import type { Connection } from './connection.ts';

/** What a server of Larder tells about a token, see "GET /larder/v1/whoami" in docs/usage.md. */
export interface WhoAmI {
  readonly tokenId: string | null;
  readonly label: string | null;
  readonly access: 'read' | 'read-write';
  readonly scope: string;
  /** Null: every team. */
  readonly teams: readonly string[] | null;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAtMs: number | null;
  /** Of the server. */
  readonly version: string | null;
  readonly serverTimeMs: number | null;
}

/** Null from a server that does not know the question, or does not answer it. */
export async function askWhoAmI(
  connection: Pick<Connection, 'url' | 'token'>,
): Promise<WhoAmI | null> {
  try {
    const { status, text } = await askLarderApi({ ...connection, endpoint: 'whoami' });
    return status === 200 ? parse(text) : null;
  } catch {
    // What is wrong with the server shows in the questions that every server answers.
    return null;
  }
}

/** Null for what is no such answer: a page that a server has for every path, for example. */
function parse(text: string): WhoAmI | null {
  const value = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  const { access, scope, teams } = value ?? {};
  if (access !== 'read' && access !== 'read-write') return null;
  return {
    tokenId: textOf(value?.tokenId),
    label: textOf(value?.label),
    access,
    scope: textOf(scope) ?? 'trusted',
    teams: Array.isArray(teams) ? teams.filter((team) => typeof team === 'string') : null,
    expiresAtMs: numberOf(value?.expiresAtMs),
    version: textOf(value?.version),
    serverTimeMs: numberOf(value?.serverTimeMs),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
