import type { CacheMode, LarderOptions } from '../options/larder-options.ts';
import { parseMode, parseText, parseUrl } from '../options/option-value.ts';

/** Larder's options as the command line of a generator has them. */
export interface RequestedOptions {
  readonly url?: string;
  /** Id or slug. */
  readonly team?: string;
  readonly mode?: CacheMode;
}

/** @throws LarderError `LARDER_OPTIONS_…` */
export function requestedOptions({ url, team, mode }: RequestedOptions): LarderOptions {
  const name = team?.startsWith('team_') === true ? 'teamId' : 'slug';
  return {
    ...(url === undefined ? {} : { url: parseUrl({ name: 'url', value: url, source: '--url' }) }),
    ...(team === undefined ? {} : { [name]: parseText({ name, value: team, source: '--team' }) }),
    ...(mode === undefined
      ? {}
      : { mode: parseMode({ name: 'mode', value: mode, source: '--mode' }) }),
  };
}
