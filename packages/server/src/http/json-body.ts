import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { LarderError } from '../errors/larder-error.ts';

/** Reads every body of this scope as JSON, whatever it calls itself: some clients call it nothing. */
export function readBodiesAsJson(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch (cause) {
      done(invalidBody('it is not JSON', cause));
    }
  });
}

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID` */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw invalidBody(`${path === '' ? 'it' : `"${path}"`} is not what it should be`, result.error);
}

function invalidBody(problem: string, cause: unknown): LarderError {
  return new LarderError(
    'LARDER_SERVER_REQUEST_INVALID',
    `The request body is invalid: ${problem}.`,
    {
      hint: 'Send the JSON that this endpoint documents.',
      cause,
    },
  );
}
