// The yardstick: as little as a server can do that keeps what it is sent. An upload is streamed into a
// temporary file and hashed on the way, synced, and renamed; a download is streamed from the file; what
// there is, is known by a map in memory; one token is checked. It checks no length, keeps nothing of who
// sent what, forgets everything when it ends, and takes the word of its files.
import { createHash, randomUUID } from 'node:crypto';
import { close, createReadStream, createWriteStream, fdatasync, mkdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const [folder = '.', token = ''] = process.argv.slice(2);

interface StoredFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

const files = new Map<string, StoredFile>();

async function put(hash: string, request: IncomingMessage): Promise<void> {
  const temporary = join(folder, `${randomUUID()}.incomplete`);
  const digest = createHash('sha256');
  const output = createWriteStream(temporary, { autoClose: false });
  request.on('data', (chunk: Buffer) => digest.update(chunk));
  await pipeline(request, output);
  const { fd: descriptor } = output as unknown as { fd: number };
  await promisify(fdatasync)(descriptor);
  await promisify(close)(descriptor);
  const path = join(folder, randomUUID());
  await rename(temporary, path);
  files.set(hash, { path, sizeBytes: output.bytesWritten, sha256: digest.digest('hex') });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.authorization !== `Bearer ${token}`) {
    response.writeHead(401).end();
    return;
  }
  const hash = new URL(request.url ?? '/', 'http://localhost').pathname.split('/').at(-1) ?? '';
  if (request.method === 'PUT') {
    await put(hash, request);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"urls":[]}');
    return;
  }
  const file = files.get(hash);
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': file.sizeBytes,
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file.path), response);
}

mkdirSync(folder, { recursive: true });
const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, token }));
});
