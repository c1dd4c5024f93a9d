import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { createMachine, type Machine } from '../machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from '../processes/cleanup-stack.ts';
import { startLarderServer } from '../server/start-larder-server.ts';
import { type Client, loadInstalledClient } from './installed-client.ts';
import { startForeignServer } from './start-foreign-server.ts';
import { capabilities, type CapabilityName } from './wire-capabilities.ts';

interface ServerCase {
  readonly name: string;
  readonly start: (machine: Machine) => Promise<{
    readonly url: string;
    readonly token: string;
    readonly stop: () => Promise<unknown>;
  }>;
  /** What this server leaves out of the protocol, as observed. */
  readonly lacks: ReadonlySet<CapabilityName>;
}

const servers: readonly ServerCase[] = [
  { name: 'larder-server', start: startLarderServer, lacks: new Set() },
  {
    // Of metadata it would keep the tags, if a signature key were set for it.
    name: 'turborepo-remote-cache 2.12.0',
    start: startForeignServer,
    lacks: new Set(['metadata', 'immutability', 'query', 'deletion']),
  },
];

const { createArtifactsClient, bufferBody } = loadInstalledClient();

describe.each(servers)('the installed client and $name', ({ name, start, lacks }) => {
  let cleanup: CleanupStack;
  let machine: Machine;
  let server: Awaited<ReturnType<ServerCase['start']>>;
  let client: Client;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    machine = await createMachine();
    cleanup.add(machine.remove);
    server = await start(machine);
    cleanup.add(server.stop);
    client = openClient({ slug: 'team' });
  });

  afterAll(() => cleanup.run());

  function openClient(options: { slug: string; token?: string; path?: string }): Client {
    const { path = '', token = server.token, slug } = options;
    const opened = createArtifactsClient({ url: `${server.url}${path}`, token, slug });
    cleanup.add(() => opened.close());
    return opened;
  }

  async function getAll(hash: string, from = client): Promise<Buffer | null> {
    const artifact = await from.get(hash);
    return artifact === null ? null : buffer(artifact.body);
  }

  it.each([0, 1, 100_000, 20_000_000])('get back what they put: %i bytes', async (size) => {
    const bytes = randomBytes(size);
    const hash = `size${size}`;
    await client.put(hash, bufferBody(bytes), { durationMs: 1234 });
    expect((await getAll(hash))?.equals(bytes)).toBe(true);
    const file = join(machine.folder, hash);
    expect(await client.getToFile(hash, file)).not.toBeNull();
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect(await client.head(hash)).not.toBeNull();
  });

  it('know what is not there', async () => {
    expect(await client.get('absent')).toBeNull();
    expect(await client.head('absent')).toBeNull();
    expect(await client.getToFile('absent', join(machine.folder, 'absent'))).toBeNull();
  });

  it('keep teams apart', async () => {
    await client.put('ours', bufferBody(Buffer.from('ours')));
    expect(await openClient({ slug: 'another-team' }).head('ours')).toBeNull();
  });

  it('answer a query of many hashes, in their order', async () => {
    await client.put('known', bufferBody(Buffer.from('known')));
    const answers = await client.query(['unknown1', 'known', 'unknown2']);
    expect([...answers.keys()]).toEqual(['unknown1', 'known', 'unknown2']);
    expect([...answers.values()].map((answer) => answer !== null)).toEqual([false, true, false]);
  });

  it('agree on the status', async () => {
    expect(await client.status()).toBe('enabled');
  });

  it('put many artifacts at the same time', async () => {
    const hashes = Array.from({ length: 50 }, (_value, index) => `many${index}`);
    await Promise.all(hashes.map((hash) => client.put(hash, bufferBody(Buffer.from(hash)))));
    const bodies = await Promise.all(hashes.map((hash) => getAll(hash)));
    expect(bodies.map(String)).toEqual(hashes);
  });

  it('refuse a wrong token, and the client says so', async () => {
    const stranger = openClient({ slug: 'team', token: 'a-wrong-token' });
    await expect(stranger.head('known')).rejects.toMatchObject({
      code: 'LARDER_ACCESS_UNAUTHORIZED',
    });
  });

  it('do not mind a slash at the end of the URL', async () => {
    await client.put('slash', bufferBody(Buffer.from('slash')));
    expect(String(await getAll('slash', openClient({ slug: 'team', path: '/' })))).toBe('slash');
  });

  it('take events', async () => {
    await expect(
      client.recordEvents(randomUUID(), [
        { source: 'LOCAL', event: 'MISS', hash: 'known' },
        { source: 'REMOTE', event: 'HIT', hash: 'known', durationMs: 1234 },
      ]),
    ).resolves.toBeUndefined();
  });

  it.each(
    capabilities.map((capability) =>
      lacks.has(capability.name)
        ? { ...capability, does: capability.lacks, expected: capability.seenIfLacked }
        : { ...capability, does: capability.has, expected: capability.seenIfHad },
    ),
  )(`${name} $does`, async ({ observe, expected }) => {
    expect(await observe({ ...server, openClient })).toEqual(expected);
  });
});
