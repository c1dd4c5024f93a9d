// A server on a free port, which it tells its parent: sends everybody to the same path at the origin
// in its argument. Downloads get a redirect, as to a presigned URL; a preflight gets a Location.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [, , origin = ''] = process.argv;

const server = createServer((request, response) => {
  const status = request.method === 'OPTIONS' ? 204 : 307;
  response.writeHead(status, { location: `${origin}${request.url ?? '/'}` }).end();
});

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit(0));
