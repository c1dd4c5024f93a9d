import type { CacheMode, LarderOptions } from '../../options/larder-options.ts';
import type { ForeignOptions } from './cache-setup.ts';

/** `read` and `write` of what is built on nx-remotecache-custom; both are on when they are absent. */
export function modeOfReadAndWrite({ read = true, write = true }: ForeignOptions): LarderOptions {
  if (read !== false && write !== false) return {};
  if (read !== false) return { mode: 'read' };
  return { mode: write === false ? 'off' : 'write' };
}

/** `localMode` and `ciMode` of the caches that Nx sold. */
export function modesOfPlaces({ localMode, ciMode }: ForeignOptions): LarderOptions {
  const local = modeOf(localMode);
  const ci = modeOf(ciMode);
  return { ...(local && { localMode: local }), ...(ci && { ciMode: ci }) };
}

/** The team of a Vercel token. */
export function teamOf({ teamId }: ForeignOptions): LarderOptions {
  if (typeof teamId !== 'string' || teamId.trim() === '') return {};
  return teamId.startsWith('team_') ? { teamId } : { slug: teamId };
}

/** `read` is what their documentation says, `read-only` what their code reads. */
const modes: Readonly<Record<string, CacheMode>> = {
  read: 'read',
  'read-only': 'read',
  'read-write': 'read-write',
  'no-cache': 'off',
};

function modeOf(value: unknown): CacheMode | undefined {
  return typeof value === 'string' && Object.hasOwn(modes, value) ? modes[value] : undefined;
}
