import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { LarderError } from '../errors/larder-error.ts';

/**
 * Checks the query of a request. What the schema does not know is left out.
 *
 * @throws LarderError `LARDER_SERVER_REQUEST_INVALID`, naming what is wrong.
 */
export function parseQuery<T>(schema: z.ZodType<T>, { query }: FastifyRequest): T {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `"${path.join('.')}" ${message}`);
  throw new LarderError(
    'LARDER_SERVER_REQUEST_INVALID',
    `The query is invalid: ${problems.join('; ')}.`,
    { hint: 'Correct the query parameter that the message names.' },
  );
}
