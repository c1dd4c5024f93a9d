import { z } from 'zod';
import { parseBody } from '../http/json-body.ts';

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

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID` */
export function parseQueryBody(body: unknown): { hashes: string[] } {
  return parseBody(querySchema, body);
}

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID` */
export function parseEventsBody(body: unknown): z.infer<typeof eventsSchema> {
  return parseBody(eventsSchema, body);
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
