import { once } from 'node:events';
import type { FastifyReply } from 'fastify';

/**
 * Waits until all answers that are due on this connection before this one are out. What an answer
 * needs open, such as a file, is not to be opened before: a client may send thousands of requests
 * ahead, and an answer whose turn never comes, because the connection has ended, is never told so.
 * Neither is the caller, who must not hold anything while this waits.
 */
export async function untilItsTurn({ raw: response }: FastifyReply): Promise<void> {
  if (response.socket === null) await once(response, 'socket');
}
