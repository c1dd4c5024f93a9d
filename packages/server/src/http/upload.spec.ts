import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import fastify, { type FastifyInstance } from 'fastify';
import { openSocket } from '../testing/raw-request.fixture.ts';
import { leaveBodiesUnread, openUpload } from './upload.ts';

const LIMITS = { maxArtifactSizeBytes: 10_000_000, uploadStallTimeoutMs: 60_000 };

let app: FastifyInstance;

beforeEach(async () => {
  app = fastify({ forceCloseConnections: true });
  app.register((scope, _options, done) => {
    leaveBodiesUnread(scope);
    scope.put('/unread', (_request, reply) => {
      openUpload(reply, LIMITS);
      throw new Error('refused before a byte was read');
    });
    scope.put('/begun', async (_request, reply) => {
      for await (const chunk of openUpload(reply, LIMITS).body) {
        throw new Error(`the disk is full after ${chunk.byteLength} bytes`);
      }
    });
    scope.get('/next', () => 'the next answer');
    done();
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => app.close());

// A client that has sent the whole upload into the network's buffers goes on using the connection.
it.each(['/unread', '/begun'])(
  'answers what follows on the connection an upload that failed (%s)',
  async (path) => {
    const { port } = app.server.address() as AddressInfo;
    const socket = await openSocket({ host: '127.0.0.1', port });
    socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n`);
    socket.write(Buffer.alloc(2_000_000));
    socket.write('GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answers = await text(socket);
    expect(answers).toMatch(/^HTTP\/1\.1 500 /);
    expect(answers).toMatch(/the next answer$/);
  },
);
