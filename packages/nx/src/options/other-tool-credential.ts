import type { LarderEnvironment, OtherToolVariable } from './environment.ts';
import type { OptionName } from './larder-options.ts';
import { isUnset, type RawOption } from './option-value.ts';

/** The credential of one other tool. Its parts are never mixed with those of a third tool. */
export interface OtherToolCredential {
  readonly token: RawOption;
  readonly teamId: RawOption | null;
  readonly slug: RawOption | null;
  readonly url: RawOption | null;
  /** Whether the tool's tokens are Vercel's, whatever server is configured. */
  readonly isForVercel: boolean;
}

/**
 * The first other tool's credential that the environment holds: Vercel's build variables, then
 * `@vercel/remote-nx`, then Turborepo. Null when no such tool has a token.
 */
export function findOtherToolCredential(
  environment: LarderEnvironment,
): OtherToolCredential | null {
  const read = (name: OptionName, source: OtherToolVariable): RawOption | null => {
    const option = { name, value: environment.otherTools[source], source };
    return isUnset(option.value) ? null : option;
  };

  const vercelToken = read('token', 'VERCEL_ARTIFACTS_TOKEN');
  if (vercelToken !== null) {
    return {
      token: vercelToken,
      teamId: read('teamId', 'VERCEL_ARTIFACTS_OWNER'),
      slug: null,
      url: null,
      isForVercel: true,
    };
  }

  const nxVercelToken = read('token', 'NX_VERCEL_REMOTE_CACHE_TOKEN');
  if (nxVercelToken !== null) {
    const team = environment.otherTools.NX_VERCEL_REMOTE_CACHE_TEAM;
    const isId = team?.trimStart().startsWith('team_') ?? false;
    return {
      token: nxVercelToken,
      teamId: isId ? read('teamId', 'NX_VERCEL_REMOTE_CACHE_TEAM') : null,
      slug: isId ? null : read('slug', 'NX_VERCEL_REMOTE_CACHE_TEAM'),
      url: null,
      isForVercel: true,
    };
  }

  const turboToken = read('token', 'TURBO_TOKEN');
  if (turboToken !== null) {
    return {
      token: turboToken,
      teamId: read('teamId', 'TURBO_TEAMID'),
      slug: read('slug', 'TURBO_TEAM'),
      url: read('url', 'TURBO_API'),
      isForVercel: false,
    };
  }
  return null;
}
