// A plain server on a free port, which it tells its parent: takes whatever comes, and gives what the
// file in its first argument holds under the tag in its second.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [, , file = '', tag = ''] = process.argv;
const PIECE_SIZE_BYTES = 256 * 1024;
const content = readFileSync(file);

const server = createServer((request, response) => {
  if (request.method === 'PUT') {
    request.resume().on('end', () => response.writeHead(202).end('{"urls":[]}'));
    return;
  }
  response.writeHead(200, { 'content-length': content.length, 'x-artifact-tag': tag });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  let sentBytes = 0;
  const send = (): void => {
    while (sentBytes < content.length) {
      const piece = content.subarray(sentBytes, sentBytes + PIECE_SIZE_BYTES);
      sentBytes += piece.length;
      if (!response.write(piece)) {
        response.once('drain', send);
        return;
      }
    }
    response.end();
  };
  send();
});

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit(0));
