// What every BlobStore must do, whatever it stands on.
import { createHash, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as yieldTurn } from 'node:timers/promises';
import type { BlobDescription, BlobStore, ExpectedBlob } from './blob-store.ts';

export interface BlobStoreUnderTest {
  store: BlobStore;
  /** Cuts the end off a stored blob, as a broken disk would; what reads it has to notice. */
  shorten: (name: string, sizeBytes: number) => Promise<void>;
}

const NAME = 'aa00000000000000000000000000000a';
const OTHER_NAME = 'aa00000000000000000000000000000b';
const FAR_NAME = 'ff00000000000000000000000000000a';

const ANY: ExpectedBlob = { sizeBytes: 1, storedBytes: 1 };

const DESCRIPTION: BlobDescription = { team: 'a "team"\r\n', tag: null, words: ['ünïcödé', 1.5] };

/** @param options - `isRemote` where `stat` takes a blob that is expected to be there. */
export function describeBlobStore(
  name: string,
  create: () => Promise<BlobStoreUnderTest>,
  { isRemote = false }: { isRemote?: boolean } = {},
): void {
  describe(`${name} as a blob store`, () => {
    let store: BlobStore;
    let shorten: BlobStoreUnderTest['shorten'];

    beforeEach(async () => {
      ({ store, shorten } = await create());
    });

    const write = (blob: string, content: Buffer) =>
      store.write(blob, chunksOf(content, 65_536), {
        sizeBytes: content.length,
        description: DESCRIPTION,
      });

    async function read(blob: string): Promise<Buffer | null> {
      const open = await store.read(blob);
      return open === null ? null : buffer(open.stream);
    }

    const lookAt = (blob: string) =>
      Promise.all([store.stat(blob), store.read(blob), store.describe(blob)]);

    it.each([
      [0, 1],
      [1, 1],
      [1_000, 1],
      [1_000_003, 7_919],
      [3_000_000, 3_000_000],
    ])('returns %i bytes written in chunks of %i', async (sizeBytes, chunkBytes) => {
      const content = randomBytes(sizeBytes);
      const written = await store.write(NAME, chunksOf(content, chunkBytes), {
        sizeBytes,
        description: DESCRIPTION,
      });
      expect(written).toEqual({
        sizeBytes,
        sha256: createHash('sha256').update(content).digest('hex'),
        storedBytes: expect.any(Number) as number,
      });
      expect(written.storedBytes).toBeGreaterThanOrEqual(sizeBytes);
      expect(await store.stat(NAME)).toEqual({ sizeBytes });
      expect((await read(NAME))?.equals(content)).toBe(true);
      expect(await store.describe(NAME)).toEqual({ ...written, description: DESCRIPTION });
    });

    it('has nothing of what was never written or was removed', async () => {
      await write(NAME, Buffer.from('x'));
      await store.remove(NAME);
      await store.remove(NAME);
      for (const blob of [NAME, OTHER_NAME]) expect(await lookAt(blob)).toEqual([null, null, null]);
    });

    it('has nothing of what is in quarantine, and puts nothing there that is absent', async () => {
      await write(NAME, Buffer.from('x'));
      await store.quarantine(NAME);
      await store.quarantine(NAME);
      await store.quarantine(OTHER_NAME);
      expect(await lookAt(NAME)).toEqual([null, null, null]);
      expect(await store.list('aa')).toEqual([]);
    });

    it('lists the complete blobs of a prefix', async () => {
      for (const blob of [NAME, OTHER_NAME, FAR_NAME]) await write(blob, Buffer.from('x'));
      expect((await store.list('aa')).sort()).toEqual([NAME, OTHER_NAME]);
      expect(await store.list(FAR_NAME)).toEqual([FAR_NAME]);
      expect(await store.list('bb')).toEqual([]);
    });

    it.each([
      ['shorter', 4],
      ['longer', 2],
    ])('keeps nothing of a source that is %s than announced', async (how, sizeBytes) => {
      const writing = store.write(NAME, chunksOf(Buffer.from('abc'), 1), {
        sizeBytes,
        description: DESCRIPTION,
      });
      await expect(writing).rejects.toMatchObject({
        code: 'LARDER_SERVER_UPLOAD_LENGTH_WRONG',
        message: expect.stringContaining(how) as string,
      });
      expect(await store.list('aa')).toEqual([]);
    });

    it('keeps nothing of a source that fails, and passes its error on', async () => {
      const failure = new Error('the source failed');
      const source = (async function* () {
        yield* chunksOf(Buffer.alloc(100_000), 1_000);
        throw failure;
      })();
      const writing = store.write(NAME, source, {
        sizeBytes: 200_000,
        description: DESCRIPTION,
      });
      await expect(writing).rejects.toMatchObject({ cause: failure });
      expect(await store.read(NAME)).toBeNull();
    });

    it.each([0, 3, 5])(
      'keeps nothing of a write that is aborted after %i of 5 chunks',
      async (count) => {
        const controller = new AbortController();
        // eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
        const source = (async function* () {
          for (let index = 0; index < 5; index += 1) {
            if (index === count) controller.abort(new Error('enough'));
            yield Buffer.alloc(10);
          }
          if (count === 5) controller.abort(new Error('enough'));
        })();
        const writing = store.write(NAME, source, {
          sizeBytes: 50,
          description: DESCRIPTION,
          signal: controller.signal,
        });
        await expect(writing).rejects.toThrow('enough');
        expect(await store.list('aa')).toEqual([]);
      },
    );

    it('never shows a part of what is being written', async () => {
      let proceed: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        proceed = resolve;
      });
      let reached: () => void = () => undefined;
      const isHalfWritten = new Promise<void>((resolve) => {
        reached = resolve;
      });
      const source = (async function* () {
        yield Buffer.from('half');
        reached();
        await gate;
        yield Buffer.from('whole');
      })();
      const writing = store.write(NAME, source, { sizeBytes: 9, description: DESCRIPTION });
      await isHalfWritten;
      expect(await lookAt(NAME)).toEqual([null, null, null]);
      expect(await store.list('aa')).toEqual([]);
      proceed();
      await writing;
      expect(String(await read(NAME))).toBe('halfwhole');
    });

    it('goes on serving a blob that is removed meanwhile', async () => {
      const content = randomBytes(2_000_000);
      await write(NAME, content);
      const open = await store.read(NAME);
      await store.remove(NAME);
      expect((await buffer(open!.stream)).equals(content)).toBe(true);
    });

    it('fails a download of a blob that gets shorter, instead of ending it', async () => {
      await write(NAME, randomBytes(2_000_000));
      const open = await store.read(NAME);
      await shorten(NAME, 1_000_000);
      await expect(buffer(open!.stream)).rejects.toMatchObject({
        code: 'LARDER_SERVER_STORAGE_FAILED',
      });
      expect(await store.stat(NAME)).toEqual({ sizeBytes: 1_000_000 });
    });

    it('fails a piped download of a blob that gets shorter, instead of ending it', async () => {
      await write(NAME, randomBytes(2_000_000));
      const { stream } = (await store.read(NAME))!;
      await shorten(NAME, 1_000_000);
      const { destination } = createSlowDestination();
      const failure = new Promise((resolve) => stream.once('error', resolve));
      stream.pipe(destination);
      expect(await failure).toMatchObject({ code: 'LARDER_SERVER_STORAGE_FAILED' });
      expect(destination.writableEnded).toBe(false);
    });

    it.each([0, 1, 262_144, 1_000_003])(
      'pipes %i bytes to a destination that takes its time, one piece at a time',
      async (sizeBytes) => {
        const content = randomBytes(sizeBytes);
        await write(NAME, content);
        const { stream } = (await store.read(NAME))!;
        const { destination, received } = createSlowDestination();
        stream.pipe(destination);
        expect((await received).equals(content)).toBe(true);
        if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
      },
    );

    it('stops a piped download whose destination has gone', async () => {
      await write(NAME, randomBytes(2_000_000));
      const { stream } = (await store.read(NAME))!;
      const { destination } = createSlowDestination();
      stream.pipe(destination);
      const closed = new Promise((resolve) => stream.once('close', resolve));
      destination.destroy();
      stream.destroy();
      await closed;
    });

    it('takes a blob that takes up what is expected at its word, and no other', async () => {
      const written = await write(NAME, Buffer.from('abc'));
      const { storedBytes } = written;
      expect(String(await store.readSmall(NAME, written))).toBe('abc');
      for (const wrongBytes of [storedBytes - 1, storedBytes + 1]) {
        const wrong = { sizeBytes: 2, storedBytes: wrongBytes };
        expect(await store.readSmall(NAME, wrong)).toBeNull();
        const open = await store.read(NAME, { expected: wrong });
        expect(open?.sizeBytes).toBe(3);
        expect(String(await buffer(open!.stream))).toBe('abc');
      }
      await shorten(NAME, 2);
      expect(await store.readSmall(NAME, written)).toBeNull();
      expect(await store.readSmall(OTHER_NAME, written)).toBeNull();
    });

    it(`${isRemote ? 'does not look' : 'looks'} whether a blob is what is expected`, async () => {
      const written = await write(NAME, Buffer.from('abc'));
      expect(await store.stat(NAME, written)).toEqual({ sizeBytes: 3 });
      for (const wrongBytes of [written.storedBytes - 1, written.storedBytes + 1]) {
        const wrong = { sizeBytes: 2, storedBytes: wrongBytes };
        expect(await store.stat(NAME, wrong)).toEqual({ sizeBytes: isRemote ? 2 : 3 });
      }
      await shorten(NAME, 2);
      expect(await store.stat(NAME, written)).toEqual({ sizeBytes: isRemote ? 3 : 2 });
      expect(await store.stat(OTHER_NAME, written)).toEqual(isRemote ? { sizeBytes: 3 } : null);
    });

    it('is well, whatever it holds', async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });

    it('has no description of a blob that was cut', async () => {
      const { storedBytes } = await write(NAME, Buffer.from('abc'));
      for (const left of [storedBytes - 1, 5, 3, 0]) {
        await shorten(NAME, left);
        expect(await store.describe(NAME)).toBeNull();
      }
    });

    it('stops a download that is aborted', async () => {
      await write(NAME, randomBytes(2_000_000));
      const controller = new AbortController();
      const open = await store.read(NAME, { signal: controller.signal });
      controller.abort();
      await expect(buffer(open!.stream)).rejects.toThrow('aborted');
    });

    it.each(['', 'short', '../../../../etc/passwd0000000000', `${NAME}0`, NAME.toUpperCase()])(
      'refuses the name %j',
      async (bad) => {
        await expect(write(bad, Buffer.from('x'))).rejects.toThrow('Not a blob name');
        await expect(store.read(bad)).rejects.toThrow('Not a blob name');
        await expect(store.stat(bad)).rejects.toThrow('Not a blob name');
        await expect(store.readSmall(bad, ANY)).rejects.toThrow('Not a blob name');
        await expect(store.stat(bad, ANY)).rejects.toThrow('Not a blob name');
        await expect(store.describe(bad)).rejects.toThrow('Not a blob name');
        await expect(store.remove(bad)).rejects.toThrow('Not a blob name');
        await expect(store.quarantine(bad)).rejects.toThrow('Not a blob name');
      },
    );
  });
}

/** Looks at what it was given only when others have had their turn, as a socket does. */
function createSlowDestination(): { destination: Writable; received: Promise<Buffer> } {
  const pieces: Buffer[] = [];
  const destination = new Writable({
    write(piece: Buffer, _encoding, done) {
      void yieldTurn()
        .then(yieldTurn)
        .then(() => {
          pieces.push(Buffer.from(piece));
          done();
        });
    },
  });
  const received = new Promise<Buffer>((resolve) => {
    destination.once('finish', () => {
      resolve(Buffer.concat(pieces));
    });
  });
  return { destination, received };
}

// eslint-disable-next-line @typescript-eslint/require-await -- sources of blobs are asynchronous
async function* chunksOf(content: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += chunkBytes) {
    yield content.subarray(start, start + chunkBytes);
  }
}
