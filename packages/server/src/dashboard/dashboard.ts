// The page that people see at the root of the server. It holds no data: it asks Larder's own API for
// them, with the token of whoever looks.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readPageFiles, type PageFile } from './page-files.ts';

/**
 * Nothing from elsewhere, nothing inline, no frames: a page that is shown a token must not run a
 * stranger's code.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface FileRoute {
  Params: { name: string };
}

/** Routes of the page. Its files are read when somebody looks for the first time. */
export function dashboard(routes: FastifyInstance, _options: object, done: () => void): void {
  let reading: ReturnType<typeof readPageFiles> | undefined;

  /** What failed once is tried again. */
  async function read(): ReturnType<typeof readPageFiles> {
    try {
      return await (reading ??= readPageFiles());
    } catch (error) {
      reading = undefined;
      throw error;
    }
  }

  async function send(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
  ): Promise<FastifyReply> {
    const file = (await read()).get(name);
    if (file === undefined) {
      reply.callNotFound();
      return reply;
    }
    return sendFile(request, reply, file);
  }

  routes.get('/', (request, reply) => send(request, reply, 'index.html'));
  routes.get<FileRoute>('/page/:name', (request, reply) =>
    send(request, reply, request.params.name),
  );
  done();
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  reply.headers({
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'content-type': file.type,
    // Files of another version have the same names.
    'cache-control': 'no-cache',
    etag: file.etag,
  });
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  return reply.send(file.bytes);
}
