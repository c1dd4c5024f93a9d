import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { LarderError } from '../errors/larder-error.ts';

// Not an array of Zod's, which describes each bad item: half a million of them cost a second of
// everybody's time and hundreds of megabytes.
const querySchema = z.object({ hashes: z.custom<string[]>(isListOfTexts) });

const eventSchema = z.object({
  // Turborepo sends version 4; nothing depends on the version here.
  sessionId: z.guid(),
  source: z.enum(['LOCAL', 'REMOTE']),
  event: z.enum(['HIT', 'MISS']),
  hash: z.string().min(1),
  /** Milliseconds that a hit saved. */
  duration: z.number().nonnegative().optional(),
});

const eventsSchema = z.custom<z.infer<typeof eventSchema>[]>(
  (body) => Array.isArray(body) && body.every((event) => eventSchema.safeParse(event).success),
);

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
export function parseQueryBody(body: unknown): { hashes: string[] } {
  return parseBody(querySchema, body);
}

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID` */
export function parseEventsBody(body: unknown): z.infer<typeof eventsSchema> {
  return parseBody(eventsSchema, body);
}

function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw invalidBody(`${path === '' ? 'it' : `"${path}"`} is not what it should be`, result.error);
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
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
