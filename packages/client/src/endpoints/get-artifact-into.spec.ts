import { Readable, Writable } from 'node:stream';
import { answer, type Script } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, createTestBed, listFolder } from '../fixtures/test-bed.fixture.ts';
import { createArtifactTag } from '../signature/create-artifact-tag.ts';

const signatureKey = '0123456789abcdef0123456789abcdef';
const bed = createTestBed();
afterEach(() => bed.cleanUp());

/** Keeps what it gets, and knows how it ended. */
class Sink extends Writable {
  text = '';
  isEnded = false;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  override _final(done: () => void): void {
    this.isEnded = true;
    done();
  }
}

function createSinks() {
  const sinks: Sink[] = [];
  return {
    sinks,
    open: () => {
      const sink = new Sink();
      sinks.push(sink);
      return sink;
    },
  };
}

const breakOff: Script = (request, response) => {
  response.writeHead(200, { 'content-length': 10 });
  response.write('hello', () => request.socket.destroy());
};

function signatureOf(body: string): Promise<string> {
  const content = Buffer.from(body);
  const options = { hash: 'abc', sizeBytes: content.length, signatureKey };
  return createArtifactTag(Readable.from([content]), options);
}

describe('getInto', () => {
  it('hands a hit on and gives its metadata', async () => {
    const server = await bed.startServer(answer(200, { 'x-artifact-duration': '7' }, 'hello'));
    const { sinks, open } = createSinks();
    const metadata = await bed.createClient(server).getInto('abc', open);
    expect(metadata).toMatchObject({ sizeBytes: 5, durationMs: 7 });
    expect(sinks).toEqual([expect.objectContaining({ text: 'hello', isEnded: true })]);
  });

  it('opens nothing for a miss', async () => {
    const server = await bed.startServer(answer(404));
    const { sinks, open } = createSinks();
    await expect(bed.createClient(server).getInto('abc', open)).resolves.toBeNull();
    expect(sinks).toEqual([]);
  });

  it('hands on what has arrived before the rest has', async () => {
    let sendRest: () => void = () => undefined;
    const server = await bed.startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('hello');
      sendRest = () => response.end('world');
    });
    const sink = new Sink();
    const hasBegun = new Promise<void>((resolve) => {
      const write = sink._write.bind(sink);
      sink._write = (...parts) => {
        write(...parts);
        resolve();
      };
    });
    const done = bed.createClient(server).getInto('abc', () => sink);
    await hasBegun;
    expect(sink).toMatchObject({ text: 'hello', isEnded: false });
    sendRest();
    await done;
    expect(sink).toMatchObject({ text: 'helloworld', isEnded: true });
  });

  it.each<[string, Script, string, string | null]>([
    [
      'the digest is wrong',
      answer(200, { 'x-artifact-tag': 'sha256-x' }, 'hello'),
      'LARDER_DIGEST_MISMATCH',
      null,
    ],
    [
      'the signature is wrong',
      answer(200, { 'x-artifact-tag': 'wrong' }, 'hello'),
      'LARDER_SIGNATURE_MISMATCH',
      signatureKey,
    ],
    ['the content breaks off', breakOff, 'LARDER_CONNECTION_LOST', null],
  ])('never ends the stream when %s', async (_what, script, code, key) => {
    const server = await bed.startServer(script);
    const { sinks, open } = createSinks();
    const client = bed.createClient(server, key === null ? {} : { signatureKey: key });
    const error = await catchLarderError(client.getInto('abc', open, { retries: 0 }));
    expect(error.code).toBe(code);
    expect(sinks).toEqual([expect.objectContaining({ isEnded: false, destroyed: true })]);
  });

  it('opens nothing where a signature is missing', async () => {
    const server = await bed.startServer(answer(200, {}, 'hello'));
    const { sinks, open } = createSinks();
    const client = bed.createClient(server, { signatureKey });
    const error = await catchLarderError(client.getInto('abc', open));
    expect(error.code).toBe('LARDER_SIGNATURE_MISSING');
    expect(sinks).toEqual([]);
  });

  it('starts again with another stream when a content breaks off', async () => {
    const server = await bed.startServer(breakOff, answer(200, {}, 'hello'));
    const { sinks, open } = createSinks();
    await bed.createClient(server).getInto('abc', open);
    expect(sinks).toHaveLength(2);
    expect(sinks[0]).toMatchObject({ isEnded: false, destroyed: true });
    expect(sinks[1]).toMatchObject({ text: 'hello', isEnded: true });
  });

  it('fails with what the stream fails with, and does not ask again', async () => {
    const server = await bed.startServer(answer(200, {}, 'hello'));
    const trouble = new Error('full');
    const sink = new Writable({
      write(_chunk, _encoding, done) {
        done(trouble);
      },
    });
    await expect(bed.createClient(server).getInto('abc', () => sink)).rejects.toBe(trouble);
    expect(server.requests).toHaveLength(1);
  });

  it('destroys the stream when it is aborted in the middle', async () => {
    const controller = new AbortController();
    const server = await bed.startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('hello');
    });
    const sink = new Sink();
    const open = () => {
      setImmediate(() => {
        controller.abort(new Error('enough'));
      });
      return sink;
    };
    const { signal } = controller;
    const error = await catchLarderError(bed.createClient(server).getInto('abc', open, { signal }));
    expect(error.code).toBe('LARDER_REQUEST_ABORTED');
    expect(sink).toMatchObject({ isEnded: false, destroyed: true });
  });

  describe('hands on a signed artifact of unannounced length', () => {
    async function receive(body: string, sink: Writable, temporaryDirectory: string) {
      const tag = await signatureOf('hello');
      const server = await bed.startServer((_request, response) => {
        response.writeHead(200, { 'x-artifact-tag': tag });
        response.write(body.slice(0, 2));
        response.end(body.slice(2));
      });
      const client = bed.createClient(server, { signatureKey, temporaryDirectory });
      return client.getInto('abc', () => sink);
    }

    it('when its signature is right', async () => {
      const [sink, folder] = [new Sink(), await bed.makeFolder()];
      await expect(receive('hello', sink, folder)).resolves.toMatchObject({ sizeBytes: null });
      expect(sink).toMatchObject({ text: 'hello', isEnded: true });
      expect(await listFolder(folder)).toEqual([]);
    });

    it('and not a byte of it when it is wrong', async () => {
      const [sink, folder] = [new Sink(), await bed.makeFolder()];
      const error = await catchLarderError(receive('jello', sink, folder));
      expect(error.code).toBe('LARDER_SIGNATURE_MISMATCH');
      expect(sink).toMatchObject({ text: '', isEnded: false });
      expect(await listFolder(folder)).toEqual([]);
    });
  });
});
