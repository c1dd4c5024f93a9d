import type { FastifyRequest } from 'fastify';
import { artifactViewOf } from '../http/artifact-view.ts';
import { principalOf } from '../http/authentication.ts';

/**
 * The teams whose numbers a request may see: the one that it names, else all that its token may use.
 * A name that is given may be empty: that of the nameless team.
 *
 * @returns null for all teams there are.
 * @throws LarderError `LARDER_SERVER_REQUEST_INVALID`, `LARDER_SERVER_REQUEST_FORBIDDEN`.
 */
export function teamsOfRequest(request: FastifyRequest): readonly string[] | null {
  const { teamId, slug } = request.query as Record<string, unknown>;
  if (teamId !== undefined || slug !== undefined)
    return [artifactViewOf(request, 'artifacts').team];
  const { teams } = principalOf(request);
  return teams === null ? null : [...teams];
}
