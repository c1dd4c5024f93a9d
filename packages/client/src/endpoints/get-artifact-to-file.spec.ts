import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ArtifactMetadata } from '../artifacts-client.ts';
import { answer, type Script } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, createTestBed, listFolder } from '../fixtures/test-bed.fixture.ts';
import { createArtifactTag } from '../signature/create-artifact-tag.ts';

const signatureKey = '0123456789abcdef0123456789abcdef';
const bed = createTestBed();
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await bed.makeFolder();
  file = join(folder, 'artifact');
});
afterEach(() => bed.cleanUp());

const breakOff: Script = (request, response) => {
  response.writeHead(200, { 'content-length': 10 });
  response.write('hello', () => request.socket.destroy());
};

describe('getToFile', () => {
  it('writes a hit and gives its metadata', async () => {
    const server = await bed.startServer(answer(200, { 'x-artifact-duration': '7' }, 'hello'));
    const seen: ArtifactMetadata[] = [];
    const metadata = await bed
      .createClient(server)
      .getToFile('abc', file, { onMetadata: (early) => seen.push(early) });
    expect(metadata).toEqual({
      sizeBytes: 5,
      durationMs: 7,
      tag: null,
      sha: null,
      dirtyHash: null,
    });
    expect(seen).toEqual([metadata]);
    expect(await readFile(file, 'utf8')).toBe('hello');
    expect(await listFolder(folder)).toEqual(['artifact']);
  });

  it('writes an empty artifact', async () => {
    const server = await bed.startServer(answer(200));
    await bed.createClient(server).getToFile('abc', file);
    expect(await readFile(file, 'utf8')).toBe('');
  });

  it('writes nothing for a miss', async () => {
    const server = await bed.startServer(answer(404));
    await expect(bed.createClient(server).getToFile('abc', file)).resolves.toBeNull();
    expect(await listFolder(folder)).toEqual([]);
  });

  it('replaces a file of the same name, but only with a good one', async () => {
    await writeFile(file, 'before');
    const server = await bed.startServer(
      answer(200, { 'x-artifact-tag': 'sha256-wrong' }, 'bad'),
      answer(200, {}, 'good'),
    );
    const client = bed.createClient(server);
    await catchLarderError(client.getToFile('abc', file));
    expect(await readFile(file, 'utf8')).toBe('before');
    await client.getToFile('abc', file);
    expect(await readFile(file, 'utf8')).toBe('good');
    expect(await listFolder(folder)).toEqual(['artifact']);
  });

  it('starts again when a content breaks off', async () => {
    const server = await bed.startServer(breakOff, answer(200, {}, 'hello'));
    let headCount = 0;
    await bed.createClient(server).getToFile('abc', file, { onMetadata: () => (headCount += 1) });
    expect(await readFile(file, 'utf8')).toBe('hello');
    expect(headCount).toBe(2);
    expect(server.requests).toHaveLength(2);
  });

  it('leaves nothing behind when every content breaks off', async () => {
    const server = await bed.startServer(breakOff);
    const client = bed.createClient(server, { breaker: { failureThreshold: 9 } });
    const error = await catchLarderError(client.getToFile('abc', file));
    expect(error.code).toBe('LARDER_CONNECTION_LOST');
    expect(server.requests).toHaveLength(3);
    expect(await listFolder(folder)).toEqual([]);
  });

  it('leaves nothing behind when the tag is wrong, and does not ask again', async () => {
    const server = await bed.startServer(answer(200, { 'x-artifact-tag': 'sha256-x' }, 'hello'));
    const error = await catchLarderError(bed.createClient(server).getToFile('abc', file));
    expect(error.code).toBe('LARDER_DIGEST_MISMATCH');
    expect(server.requests).toHaveLength(1);
    expect(await listFolder(folder)).toEqual([]);
  });

  describe('verifies a signature of unannounced length', () => {
    async function serve(body: string) {
      const tag = await createArtifactTag(Readable.from([Buffer.from('hello')]), {
        hash: 'abc',
        sizeBytes: 5,
        signatureKey,
      });
      const server = await bed.startServer((_request, response) => {
        response.writeHead(200, { 'x-artifact-tag': tag });
        response.write(body.slice(0, 2));
        response.end(body.slice(2));
      });
      return bed.createClient(server, { signatureKey });
    }

    it('that is right', async () => {
      const metadata = await (await serve('hello')).getToFile('abc', file);
      expect(metadata?.sizeBytes).toBeNull();
      expect(await listFolder(folder)).toEqual(['artifact']);
    });

    it('that is wrong', async () => {
      const error = await catchLarderError((await serve('jello')).getToFile('abc', file));
      expect(error.code).toBe('LARDER_SIGNATURE_MISMATCH');
      expect(await listFolder(folder)).toEqual([]);
    });
  });

  it('refuses an unsigned artifact of unannounced length before its content', async () => {
    const server = await bed.startServer((_request, response) => {
      response.writeHead(200);
      response.write('he');
    });
    const error = await catchLarderError(
      bed.createClient(server, { signatureKey }).getToFile('abc', file),
    );
    expect(error.code).toBe('LARDER_SIGNATURE_MISSING');
  });

  it('says so when the file cannot be written, and does not ask again', async () => {
    const server = await bed.startServer(answer(200, {}, 'hello'));
    const error = await catchLarderError(
      bed.createClient(server).getToFile('abc', join(folder, 'missing', 'artifact')),
    );
    expect(error.code).toBe('LARDER_FILE_WRITE_FAILED');
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
    expect(server.requests).toHaveLength(1);
  });

  it('leaves nothing behind when it is aborted in the middle', async () => {
    const controller = new AbortController();
    const server = await bed.startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('hello');
    });
    const error = await catchLarderError(
      bed.createClient(server).getToFile('abc', file, {
        signal: controller.signal,
        onMetadata: () => {
          setImmediate(() => {
            controller.abort(new Error('enough'));
          });
        },
      }),
    );
    expect(error.code).toBe('LARDER_REQUEST_ABORTED');
    expect(error.cause).toEqual(new Error('enough'));
    expect(await listFolder(folder)).toEqual([]);
  });
});
