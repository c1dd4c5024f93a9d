import { z } from 'zod';
import { parseBody } from '../http/json-body.ts';

const querySchema = z.object({ hashes: z.array(z.string()) });

const eventsSchema = z.array(
  z.object({
    // Turborepo sends version 4; nothing depends on the version here.
    sessionId: z.guid(),
    source: z.enum(['LOCAL', 'REMOTE']),
    event: z.enum(['HIT', 'MISS']),
    hash: z.string().min(1),
    /** Milliseconds that a hit saved. */
    duration: z.number().nonnegative().optional(),
  }),
);

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID` */
export function parseQueryBody(body: unknown): { hashes: string[] } {
  return parseBody(querySchema, body);
}

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID` */
export function parseEventsBody(body: unknown): z.infer<typeof eventsSchema> {
  return parseBody(eventsSchema, body);
}
