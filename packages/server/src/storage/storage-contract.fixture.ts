// What blobs and index must do together, whatever each of them stands on.
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import type { ArtifactCache } from '../artifacts/artifact-cache.ts';
import { openArtifactCache } from '../artifacts/open-artifact-cache.ts';
import { ORPHAN_AGE_MS } from '../artifacts/orphans.ts';
import type { EvictionLimits } from '../eviction/evictor.ts';
import { rebuildStorage } from '../maintenance/rebuild-storage.ts';
import { verifyArtifacts } from '../maintenance/verify-artifacts.ts';
import { createToken } from '../tokens/create-token.ts';
import type { ArtifactView } from '../trust/artifact-view.ts';
import { createUsageRecorder } from '../usage/usage-recorder.ts';
import { openStorage, type OpenStorage, type StorageOptions } from './open-storage.ts';

export interface StorageUnderTest {
  options: StorageOptions;
  /** Loses the index, and says where a new one is to be. */
  loseIndex: () => Promise<StorageOptions>;
}

const VIEW: ArtifactView = { team: 'a', scopes: ['trusted'], api: 'artifacts' };

const NO_LIMITS: EvictionLimits = {
  maxStoreSizeBytes: null,
  maxTeamSizeBytes: null,
  maxAgeMs: null,
};

/** More than is sent to any storage in one piece. */
const LARGE_BYTES = 20_000_000;

export function describeStorage(name: string, create: () => Promise<StorageUnderTest>): void {
  describe(`${name} as the storage of a server`, () => {
    let underTest: StorageUnderTest;
    let storage: OpenStorage | undefined;
    let cache: ArtifactCache | undefined;

    beforeEach(async () => {
      underTest = await create();
    });
    afterEach(close);

    async function open(limits: Partial<EvictionLimits> = {}): Promise<ArtifactCache> {
      storage = await openStorage(underTest.options, 'own');
      cache = await openArtifactCache({
        ...storage,
        limits: { ...NO_LIMITS, ...limits },
        recorder: createUsageRecorder(),
        logger: pino({ level: 'silent' }),
      });
      return cache;
    }

    async function close(): Promise<void> {
      await cache?.close();
      await storage?.close();
      cache = undefined;
      storage = undefined;
    }

    async function read(hash: string): Promise<Buffer | null> {
      const artifact = await cache!.get(VIEW, hash);
      if (artifact === null) return null;
      return Buffer.isBuffer(artifact.body) ? artifact.body : buffer(artifact.body);
    }

    /** Every record has its blob, and there is no other. Removes all of them. */
    async function expectArtifacts(count: number): Promise<void> {
      const { blobs, metadata } = storage!;
      const entries = await metadata.artifacts.listSome({}, { limit: count + 1, afterBlob: '' });
      expect(entries).toHaveLength(count);
      for (const { record } of entries) {
        expect(await blobs.stat(record.blob)).toEqual({ sizeBytes: record.sizeBytes });
        await blobs.remove(record.blob);
      }
      expect(await blobs.isEmpty()).toBe(true);
    }

    it.each([0, 1_000, 200_000, LARGE_BYTES])('gives back %i bytes as they came', async (size) => {
      const body = randomBytes(size);
      await open();
      expect(await put(cache!, 'h', body)).toBe('stored');
      expect((await read('h'))?.equals(body)).toBe(true);
      expect(await cache!.head(VIEW, 'h')).toMatchObject({ sizeBytes: size, durationMs: 12 });
    });

    it('keeps the first of many that come for one hash, and only that', async () => {
      await open();
      const bodies = Array.from({ length: 8 }, () => randomBytes(10_000));
      const outcomes = await Promise.all(bodies.map((body) => put(cache!, 'h', body)));
      expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
      const first = bodies[outcomes.indexOf('stored')]!;
      expect((await read('h'))?.equals(first)).toBe(true);
      expect(await put(cache!, 'h', randomBytes(10_000))).toBe('duplicate');
      expect((await read('h'))?.equals(first)).toBe(true);
      await expectArtifacts(1);
    });

    it('keeps nothing of an upload that breaks off', async () => {
      await open();
      const failure = new Error('the client went away');
      const body = brokenOff(randomBytes(LARGE_BYTES), failure);
      await expect(put(cache!, 'h', body, LARGE_BYTES + 1)).rejects.toThrow(failure.message);
      expect(await read('h')).toBeNull();
      await expectArtifacts(0);
    });

    it('has everything when it is opened again', async () => {
      const body = randomBytes(300_000);
      await open();
      await put(cache!, 'h', body);
      const { stored: token } = createToken(
        {
          label: 'ci',
          access: 'read',
          scope: 'trusted',
          teams: null,
          origin: null,
          expiresAtMs: null,
        },
        Date.now(),
      );
      await storage!.metadata.tokens.add(token);
      await close();
      await open();
      expect((await read('h'))?.equals(body)).toBe(true);
      expect(await storage!.metadata.tokens.list()).toEqual([token]);
    });

    it('keeps within a limit by removing what was used longest ago', async () => {
      await open({ maxStoreSizeBytes: 1_100_000 });
      for (const hash of ['a', 'b', 'c', 'd']) await put(cache!, hash, randomBytes(300_000));
      expect(await read('a')).toBeNull();
      expect(await read('d')).toHaveLength(300_000);
      const [used] = (await storage!.metadata.artifacts.usage()).values();
      expect(used?.storedBytes).toBeLessThanOrEqual(1_100_000);
      await expectArtifacts(used!.artifacts);
    });

    it('removes what is purged, with its bytes', async () => {
      await open();
      for (const hash of ['a', 'b']) await put(cache!, hash, randomBytes(1_000));
      await put(cache!, 'large', randomBytes(LARGE_BYTES));
      expect(await cache!.remove({ team: 'a' })).toBe(3);
      expect(await read('a')).toBeNull();
      await expectArtifacts(0);
      expect(await storage!.metadata.artifacts.usage()).toEqual(new Map());
    });

    it('can be verified', async () => {
      await open();
      for (const hash of ['a', 'b']) await put(cache!, hash, randomBytes(1_000));
      const { blobs, metadata } = storage!;
      expect(await verifyArtifacts({ blobs, index: metadata.artifacts })).toEqual({
        artifacts: 2,
        bytes: 2_000,
        quarantined: [],
        missing: [],
        unreadable: [],
        orphans: [],
        undescribed: 0,
      });
    });

    it('asks for a lost index, and gets it again from the artifacts', async () => {
      const bodies = { small: randomBytes(1_000), large: randomBytes(LARGE_BYTES) };
      await open();
      for (const [hash, body] of Object.entries(bodies)) await put(cache!, hash, body);
      await close();
      const options = await underTest.loseIndex();
      await expect(openStorage(options, 'own')).rejects.toMatchObject({
        code: 'LARDER_SERVER_INDEX_MISSING',
      });
      const later = () => Date.now() + 2 * ORPHAN_AGE_MS;
      expect(await rebuildStorage(options, later)).toMatchObject({ added: 2, undescribed: 0 });
      underTest = { ...underTest, options };
      await open();
      for (const [hash, body] of Object.entries(bodies)) {
        expect((await read(hash))?.equals(body)).toBe(true);
        expect(await cache!.head(VIEW, hash)).toMatchObject({ durationMs: 12, writer: 'tester' });
      }
    });
  });
}

function put(
  cache: ArtifactCache,
  hash: string,
  body: Buffer | AsyncIterable<Uint8Array>,
  sizeBytes = Buffer.isBuffer(body) ? body.length : 0,
) {
  return cache.put(VIEW, hash, {
    sizeBytes,
    body: Buffer.isBuffer(body) ? inPieces(body) : body,
    metadata: {
      durationMs: 12,
      tag: null,
      sha: null,
      dirtyHash: null,
      clientCi: null,
      isClientInteractive: null,
    },
    provenance: {
      writer: 'tester',
      tokenId: '',
      repository: null,
      ref: null,
      run: null,
      address: null,
    },
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- bodies are asynchronous
async function* inPieces(body: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < body.length; start += 65_536) {
    yield body.subarray(start, start + 65_536);
  }
}

async function* brokenOff(body: Buffer, failure: Error): AsyncGenerator<Buffer> {
  yield* inPieces(body);
  throw failure;
}
