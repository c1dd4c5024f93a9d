import { mayWrite } from '../../agent/protocol/run-configuration.ts';
import { formatTime } from '../format-time.ts';
import { ok, problem, skipped, warning, type Check, type Finding } from './check.ts';
import type { ServerContact } from './contact-server.ts';
import type { ResolvedOptions } from '../../options/larder-options.ts';

const soonMs = 7 * 24 * 60 * 60 * 1000;

/** What the server's own tokens look like, see `larder-server token create`. */
const ownPrefix = 'larder_';
const ownTokenLength = ownPrefix.length + 43;

export const tokenCheck: Check = {
  id: 'token',
  title: 'Token',
  examine({ contact, options }) {
    if (contact === null || options === null) return skipped('There is no token.');
    const { error, status, whoAmI } = contact;
    if (error?.code.startsWith('LARDER_ACCESS_') === true) return refused(contact, options);
    if (error !== null) return skipped('The server could not be asked.');
    if (status !== null && status !== 'enabled') {
      return problem(
        `The server says that caching is ${status} for this team.`,
        'Look at the remote caching settings and limits of the team on the server.',
      );
    }
    if (whoAmI === null) return ok('The server accepts the token.');
    const { label, scope, expiresAtMs } = whoAmI;
    const leftMs = expiresAtMs === null ? Infinity : expiresAtMs - Date.now();
    if (expiresAtMs !== null && leftMs < soonMs && options.identity === null) {
      return warning(
        `The token expires at ${formatTime(expiresAtMs)}.`,
        'Make another one with "larder-server token create", and set LARDER_TOKEN to it.',
      );
    }
    const name = label === null ? 'the token' : `the token "${label}"`;
    return ok(`The server accepts ${name}, scope ${scope}.`);
  },
};

export const accessCheck: Check = {
  id: 'access',
  title: 'Access',
  examine({ contact, options }) {
    if (contact === null || options === null) return skipped('There is no token.');
    const { error, whoAmI } = contact;
    if (error !== null) return skipped('The server could not be asked, or refuses the token.');
    if (whoAmI === null) return skipped('The server does not tell; the round trip tries.');
    const { access, teams } = whoAmI;
    const team = options.teamId ?? options.slug;
    const isTeamKnown = [options.teamId, options.slug].some(
      (each) => each !== null && teams?.includes(each),
    );
    // Of a single team the server knows itself which it is.
    const isTeamClear = isTeamKnown || (team === null && teams?.length === 1);
    if (teams !== null && !isTeamClear) {
      return problem(
        `The token is for the teams ${teams.join(', ')}, ${team === null ? 'and no team is configured' : `not for ${team}`}.`,
        'Correct LARDER_TEAM_ID or LARDER_TEAM_SLUG, or set LARDER_TOKEN to a token of the team.',
      );
    }
    // With an identity the mode follows the token by itself.
    if (access === 'read' && mayWrite(options.mode) && options.identity === null)
      return readOnly(options);
    return ok(`The token may ${access === 'read' ? 'read' : 'read and write'}.`);
  },
};

/** Also found out by the round trip, where the server does not tell. */
export function readOnly({ mode, sources }: ResolvedOptions): Finding {
  return problem(
    `The token may only read, but the mode is "${mode}" (${sources.mode}).`,
    'Set LARDER_MODE=read (or "mode" in nx.json), or LARDER_TOKEN to a token that may write.',
    'LARDER_ACCESS_WRITE_FORBIDDEN',
  );
}

function refused({ error }: ServerContact, options: ResolvedOptions): Finding {
  const code = error?.code ?? null;
  const { token, teamId, slug, sources } = options;
  if (code === 'LARDER_ACCESS_FORBIDDEN') {
    const team = teamId ?? slug;
    return problem(
      team === null
        ? 'The token has no access without a team.'
        : `The token has no access to the team ${team}.`,
      'Correct LARDER_TEAM_ID or LARDER_TEAM_SLUG, or set LARDER_TOKEN to a token of the team.',
      code,
    );
  }
  if (code !== 'LARDER_ACCESS_UNAUTHORIZED') {
    return problem(`${error?.message ?? ''}.`, error?.hint ?? '', code);
  }
  const isCut = token !== null && token.startsWith(ownPrefix) && token.length !== ownTokenLength;
  return isCut
    ? problem(
        `The server does not know the token from ${sources.token}, which has ${token.length} characters where ${ownTokenLength} are usual: it was cut off, or something was added.`,
        'Set LARDER_TOKEN to the whole token.',
        code,
      )
    : problem(
        `The server does not accept the token from ${sources.token}: it is unknown there, has expired or was revoked.`,
        'Look at "larder-server token list --all" on the server, and set LARDER_TOKEN to a token that is good.',
        code,
      );
}
