// A plain server on a free port, which it tells its parent: takes whatever comes and gives as many
// bytes as its argument says, a whole number of megabytes, keeping nothing.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

const SIZE_BYTES = Number(process.argv[2]);
const CHUNK = Buffer.alloc(1_000_000, 'larder');

const server = createServer((request, response) => {
  if (request.method === 'PUT') {
    request.resume().on('end', () => response.writeHead(202).end('{"urls":[]}'));
    return;
  }
  response.writeHead(200, { 'content-length': SIZE_BYTES });
  Readable.from(chunks()).pipe(response);
});

function* chunks(): Generator<Buffer> {
  for (let sent = 0; sent < SIZE_BYTES; sent += CHUNK.length) yield CHUNK;
}

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit(0));
