import type { Random } from './random.fixture.ts';

/**
 * What a client does once it has written everything: waits for its answers and goes; waits for the
 * server to hang up; waits as long as the server makes something of the bytes, then half-closes;
 * resets the connection at once; resets it once something comes back.
 */
export type Ending = 'answers' | 'hang-up' | 'quiet' | 'reset' | 'reset-late';

/** Whether the client goes away without a care for what it is answered. */
export function isAbandoned({ ending }: Pick<HostileRequest, 'ending'>): boolean {
  return ending === 'reset' || ending === 'reset-late';
}

/** What one connection sends, and what may come back. */
export interface HostileRequest {
  /** Written one after the other. */
  readonly pieces: readonly Buffer[];
  readonly ending: Ending;
  /** How many answers have to come, unless the server hangs up; 1 by default. */
  readonly answers?: number;
  /** What each of them may be; anything below 500 by default. */
  readonly statuses?: readonly number[];
  /** The answers have no bodies whatever they say. */
  readonly isHead?: boolean;
  /** What can be fetched afterwards, because this was no bad request after all. */
  readonly stores?: { readonly path: string; readonly body: Buffer };
}

/** What a family of requests is made from. */
export interface Ingredients {
  readonly random: Random;
  /** The header that lets one in. */
  readonly authorization: string;
  /** URL of an issuer whose identities the server takes. */
  readonly issuer: string;
  /** Unique, and a valid hash. */
  readonly hash: string;
}

export type Family = (ingredients: Ingredients) => HostileRequest;

export const PREFIXES = ['/v8/artifacts', '/api/v8/artifacts', '/v1/cache'] as const;

/** Name of the file that traversals try to plant, and of the hash of requests that are smuggled. */
export const PLANTED = 'larder-planted-by-a-hostile-request';

/** Path of an artifact of a megabyte that is there. */
export const LARGE_ARTIFACT = '/v8/artifacts/large?teamId=proper';

export interface Head {
  readonly method?: string;
  readonly target: string;
  readonly version?: string;
  /** Whole lines. */
  readonly lines?: readonly string[];
}

/** A head as bytes, each character one byte. */
export function headOf({ method = 'GET', target, version = 'HTTP/1.1', lines = [] }: Head): Buffer {
  return latin1([`${method} ${target} ${version}`, 'Host: x', ...lines, '', ''].join('\r\n'));
}

export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
