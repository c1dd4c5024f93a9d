import { createHmac, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { createMachine, type Machine } from '../machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from '../processes/cleanup-stack.ts';
import { type LarderServer, startLarderServer } from '../server/start-larder-server.ts';
import { createTurboWorkspace, type TurboWorkspace } from '../turbo/create-turbo-workspace.ts';
import { runTurbo, type TurboRun } from '../turbo/run-turbo.ts';
import { type ArtifactMetadata, type Client, loadInstalledClient } from './installed-client.ts';

interface Pushed {
  readonly hash: string;
  readonly metadata: ArtifactMetadata;
  readonly body: Buffer;
}

/** What somebody did to an artifact on its way. */
interface Tampering {
  readonly what: string;
  /** What the client says about it. */
  readonly code: string;
  readonly change: (body: Buffer) => Buffer;
  /** The team in the tag, which is made before the change; null for no tag. */
  readonly signedFor: string | null;
}

const SIGNATURE_KEY = 'a key of at least thirty-two bytes';
const TEAM_ID = 'team_signature';
const { createArtifactsClient, bufferBody } = loadInstalledClient();

const mismatch = 'LARDER_SIGNATURE_MISMATCH';
const tamperings: readonly Tampering[] = [
  { what: 'with a flipped bit', code: mismatch, change: flipBit, signedFor: TEAM_ID },
  { what: 'truncated', code: mismatch, change: truncate, signedFor: TEAM_ID },
  { what: 'with the tag of another team', code: mismatch, change: keep, signedFor: 'team_other' },
  { what: 'without a tag', code: 'LARDER_SIGNATURE_MISSING', change: keep, signedFor: null },
];

describe('artifacts that turbo and the installed client sign with one key', () => {
  let cleanup: CleanupStack;
  let machine: Machine;
  let server: LarderServer;
  let workspace: TurboWorkspace;
  let client: Client;
  let pushed: readonly Pushed[];

  beforeAll(async () => {
    cleanup = createCleanupStack();
    machine = await createMachine();
    cleanup.add(machine.remove);
    server = await startLarderServer(machine);
    cleanup.add(server.stop);
    workspace = await createTurboWorkspace({ machine, isSigned: true });
    client = createArtifactsClient({
      url: server.url,
      token: server.token,
      teamId: TEAM_ID,
      signatureKey: SIGNATURE_KEY,
    });
    cleanup.add(() => client.close());
    const run = await build();
    expect(new Set(Object.values(run.sources))).toEqual(new Set(['MISS']));
    pushed = await Promise.all(Object.values(run.hashes).map(pull));
  });

  afterAll(() => cleanup.run());

  function build(): Promise<TurboRun> {
    return runTurbo(workspace, {
      TURBO_API: server.url,
      TURBO_TOKEN: server.token,
      TURBO_TEAMID: TEAM_ID,
      TURBO_REMOTE_CACHE_SIGNATURE_KEY: SIGNATURE_KEY,
    });
  }

  async function pull(hash: string): Promise<Pushed> {
    const artifact = await client.get(hash);
    if (artifact === null) throw new Error(`turbo did not push ${hash}.`);
    return { hash, metadata: artifact.metadata, body: await buffer(artifact.body) };
  }

  it('are accepted by the client when turbo has pushed them', () => {
    expect(pushed).toHaveLength(3);
    for (const { body } of pushed) expect(body.length).toBeGreaterThan(0);
  });

  it('are accepted by turbo when the client has put them', async () => {
    expect(await client.deleteAll()).toBe(pushed.length);
    for (const { hash, body, metadata } of pushed) {
      await client.put(hash, bufferBody(body), { durationMs: metadata.durationMs });
    }
    await forgetBuild();

    const run = await build();

    expect(new Set(Object.values(run.sources))).toEqual(new Set(['REMOTE']));
    await expectOutputs();
  });

  it('are accepted by turbo when nobody has tampered with them', async () => {
    await replaceOnServer({ change: keep, signedFor: TEAM_ID });

    const run = await build();

    expect(new Set(Object.values(run.sources))).toEqual(new Set(['REMOTE']));
    await expectOutputs();
  });

  it.each(tamperings)(
    'are refused by turbo, which runs its tasks: all $what',
    async (tampering) => {
      await replaceOnServer(tampering);

      const run = await build();

      expect(run.exitCode).toBe(0);
      expect(new Set(Object.values(run.sources))).toEqual(new Set(['MISS']));
      await expectOutputs();
    },
  );

  it.each(tamperings)('are refused by the client: one $what', async (tampering) => {
    const { code, change, signedFor } = tampering;
    const hash = randomBytes(8).toString('hex');
    const body = Buffer.from('the content of an artifact');
    await putDirectly(hash, change(body), signFor(signedFor, { hash, body }));
    const file = join(machine.folder, hash);

    await expect(client.getToFile(hash, file)).rejects.toMatchObject({ code });

    const names = await readdir(machine.folder);
    expect(names.filter((name) => name.includes(hash))).toEqual([]);
  });

  /** Removes turbo's local cache and all outputs: what is right afterwards has been made anew. */
  async function forgetBuild(): Promise<void> {
    await rm(join(workspace.folder, '.turbo'), { recursive: true });
    for (const file of Object.keys(workspace.outputs)) {
      await rm(join(workspace.folder, file), { force: true });
    }
  }

  async function expectOutputs(): Promise<void> {
    for (const [file, text] of Object.entries(workspace.outputs)) {
      expect(await readFile(join(workspace.folder, file), 'utf8')).toBe(text);
    }
  }

  /** Leaves nothing that turbo could use but what has been tampered with. */
  async function replaceOnServer({ change, signedFor }: Omit<Tampering, 'what' | 'code'>) {
    await client.deleteAll();
    for (const { hash, body } of pushed) {
      await putDirectly(hash, change(body), signFor(signedFor, { hash, body }));
    }
    await forgetBuild();
  }

  async function putDirectly(hash: string, body: Buffer, tag: string | null): Promise<void> {
    const response = await fetch(`${server.url}/v8/artifacts/${hash}?teamId=${TEAM_ID}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/octet-stream',
        ...(tag === null ? {} : { 'x-artifact-tag': tag }),
      },
      body: new Uint8Array(body),
    });
    expect(response.status).toBe(202);
  }
});

function keep(body: Buffer): Buffer {
  return body;
}

function flipBit(body: Buffer): Buffer {
  const flipped = Buffer.from(body);
  flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0);
  return flipped;
}

function truncate(body: Buffer): Buffer {
  return body.subarray(0, -1);
}

function signFor(
  teamId: string | null,
  artifact: { readonly hash: string; readonly body: Buffer },
): string | null {
  return teamId === null ? null : signV2({ ...artifact, teamId });
}

/** Signs as turbo does since 2.9.18, independently of the client. */
function signV2({
  hash,
  body,
  teamId,
}: {
  readonly hash: string;
  readonly body: Buffer;
  readonly teamId: string;
}): string {
  const hmac = createHmac('sha256', SIGNATURE_KEY);
  for (const part of [
    Buffer.from('artifact-signature:v2'),
    Buffer.from(hash),
    Buffer.from(teamId),
    body,
  ]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(part.length));
    hmac.update(length).update(part);
  }
  return hmac.digest('base64');
}
