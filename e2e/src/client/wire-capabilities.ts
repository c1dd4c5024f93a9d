import { buffer } from 'node:stream/consumers';

import { type Client, loadInstalledClient } from './installed-client.ts';

const { bufferBody } = loadInstalledClient();

/** A server, and clients of it. */
export interface Wire {
  readonly url: string;
  readonly token: string;
  /** A new client for a team. */
  readonly openClient: (options: { readonly slug: string }) => Client;
}

export type CapabilityName = 'metadata' | 'immutability' | 'query' | 'deletion';

/** A part of the protocol that not every server has. */
export interface Capability {
  readonly name: CapabilityName;
  /** Completes a sentence that begins with the name of a server that has it. */
  readonly has: string;
  /** The same for a server that lacks it. */
  readonly lacks: string;
  /** Makes use of it. */
  readonly observe: (wire: Wire) => Promise<unknown>;
  /** What is observed at a server that has it. */
  readonly seenIfHad: unknown;
  readonly seenIfLacked: unknown;
}

const said = { durationMs: 1234, sha: 'f00', dirtyHash: 'ba7', tag: 'a-tag' };
const nothing = { sizeBytes: null, durationMs: 0, sha: null, dirtyHash: null, tag: null };

export const capabilities: readonly Capability[] = [
  {
    name: 'metadata',
    has: 'returns what was said of an artifact',
    lacks: 'does not return what was said of an artifact',
    async observe({ openClient }) {
      const client = openClient({ slug: 'metadata' });
      await client.put('told', bufferBody(Buffer.from('12345')), said);
      return [await client.head('told'), (await client.query(['told'])).get('told')];
    },
    seenIfHad: [
      { sizeBytes: 5, ...said },
      { sizeBytes: 5, ...said },
    ],
    seenIfLacked: [nothing, nothing],
  },
  {
    name: 'immutability',
    has: 'keeps what was put first',
    lacks: 'replaces what was put first by what is put second',
    async observe({ openClient }) {
      const client = openClient({ slug: 'immutability' });
      await client.put('twice', bufferBody(Buffer.from('first')));
      await client.put('twice', bufferBody(Buffer.from('second')));
      const artifact = await client.get('twice');
      return artifact && String(await buffer(artifact.body));
    },
    seenIfHad: 'first',
    seenIfLacked: 'second',
  },
  {
    name: 'query',
    has: 'knows a query',
    lacks: 'does not know a query, for which the client asks hash by hash',
    async observe({ openClient, url, token }) {
      const client = openClient({ slug: 'query' });
      await client.put('there', bufferBody(Buffer.from('there')));
      const response = await fetch(new URL('/v8/artifacts?slug=query', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ hashes: ['there', 'absent'] }),
      });
      const answers = await client.query(['there', 'absent']);
      return {
        status: response.status,
        isThere: [...answers.values()].map((answer) => answer !== null),
      };
    },
    seenIfHad: { status: 200, isThere: [true, false] },
    seenIfLacked: { status: 404, isThere: [true, false] },
  },
  {
    name: 'deletion',
    has: 'deletes everything of a team, and nothing of another',
    lacks: 'does not delete, and the client says so',
    async observe({ openClient }) {
      const ours = openClient({ slug: 'deletion' });
      const theirs = openClient({ slug: 'no-deletion' });
      for (const client of [ours, theirs]) await client.put('a', bufferBody(Buffer.from('a')));
      const outcome = await ours.deleteAll().catch((error: unknown) => error);
      return {
        outcome: outcome instanceof Error && 'code' in outcome ? outcome.code : outcome,
        isThere: [(await ours.head('a')) !== null, (await theirs.head('a')) !== null],
      };
    },
    seenIfHad: { outcome: 1, isThere: [false, true] },
    seenIfLacked: { outcome: 'LARDER_HTTP_ENDPOINT_UNKNOWN', isThere: [true, true] },
  },
];
