import type { FastifyRequest } from 'fastify';
import { LarderError } from '../errors/larder-error.ts';
import type { ArtifactApi } from '../storage/artifact-index.ts';
import { MAX_TEAM_LENGTH } from '../tokens/token-options.ts';
import { visibleScopes } from '../trust/artifact-scope.ts';
import type { ArtifactView } from '../trust/artifact-view.ts';
import { principalOf } from './authentication.ts';

/**
 * What a request may reach. The team is `teamId`, else `slug`, else what the token says when it is
 * for a single team, else the nameless one. The scopes come from the token and from nothing else.
 *
 * @throws LarderError `LARDER_SERVER_REQUEST_INVALID` for a malformed team,
 * `LARDER_SERVER_REQUEST_FORBIDDEN` for a team that the token may not use.
 */
export function artifactViewOf(request: FastifyRequest, api: ArtifactApi): ArtifactView {
  const { teams, scope } = principalOf(request);
  const named = teamParameter(request, 'teamId') || teamParameter(request, 'slug');
  const team = named || (teams?.size === 1 ? [...teams].join('') : '');
  if (teams !== null && !teams.has(team)) {
    throw new LarderError(
      'LARDER_SERVER_REQUEST_FORBIDDEN',
      team === '' ? 'This token needs a team.' : 'This token may not use that team.',
      { hint: 'Name one of the teams of the token as teamId or slug.' },
    );
  }
  request.usageTeam = team;
  return { team, scopes: visibleScopes(scope), api };
}

/**
 * Empty when absent.
 *
 * @throws LarderError `LARDER_SERVER_REQUEST_INVALID` for one that is given twice, is too long or holds
 * a NUL, which not every database keeps.
 */
export function teamParameter(request: FastifyRequest, name: 'teamId' | 'slug'): string {
  const value = (request.query as Record<string, unknown>)[name] ?? '';
  if (typeof value === 'string' && value.length <= MAX_TEAM_LENGTH && !value.includes('\0')) {
    return value;
  }
  throw new LarderError(
    'LARDER_SERVER_REQUEST_INVALID',
    `The query parameter "${name}" must be given once, with at most ${MAX_TEAM_LENGTH} characters and no NUL.`,
    { hint: 'Name one team.' },
  );
}
