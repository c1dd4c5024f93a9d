import type { LarderOptions } from '../../options/larder-options.ts';
import { parseUrl } from '../../options/option-value.ts';
import type { FoundSetup } from '../other-caches/find-setups.ts';
import type { FoundVariable } from '../other-caches/find-variables.ts';

export interface TakenInputs {
  readonly setups: readonly FoundSetup[];
  readonly variables: readonly FoundVariable[];
  /** What the command line asks for. */
  readonly requested: LarderOptions;
  /** What Larder has in nx.json already. */
  readonly present: LarderOptions;
}

const modeNames = ['mode', 'ciMode', 'localMode'] as const;
const teamNames = ['teamId', 'slug'] as const;

/**
 * What the other caches' settings mean to Larder. What is asked for, and what Larder has already, is
 * not overruled; nor do a mode and a team belong to others than they were made for.
 */
export function takenOptions({
  setups,
  variables,
  requested,
  present,
}: TakenInputs): LarderOptions {
  const settled = { ...present, ...requested };
  const has = (names: readonly (keyof LarderOptions)[]) =>
    names.some((name) => settled[name] !== undefined);
  // The first one counts, as it does for Nx.
  const found = [...setups].reverse().map(({ setup, entries, keys }) => {
    const entry = entries.find(({ name }) => name === 'default') ?? entries[0];
    const options = setup.place === 'keys' ? Object.values(keys)[0] : entry?.foreign;
    return setup.takeOver(options ?? {});
  });
  const url = plainUrlOf(variables);
  const all = [...found, url === null ? {} : { url }].flatMap((options) => Object.entries(options));
  // A team is one of the server's that it was set for.
  const dropped = [
    ...(has(modeNames) ? modeNames : []),
    ...(has(teamNames) || has(['url']) || url !== null ? teamNames : []),
    ...(has(['url']) ? ['url'] : []),
  ];
  return Object.fromEntries(all.filter(([name]) => !dropped.includes(name)));
}

/** The one address of a cache server that stands in the workspace's files; null for none or several. */
export function plainUrlOf(variables: readonly FoundVariable[]): string | null {
  const urls = new Set(variables.flatMap(({ url }) => (url === null ? [] : (usable(url) ?? []))));
  const [url, ...others] = urls;
  return others.length === 0 ? (url ?? null) : null;
}

function usable(url: string): string | null {
  try {
    return parseUrl({ name: 'url', value: url, source: 'a file of the workspace' });
  } catch {
    // It holds a password, or more than an address: nothing to put into nx.json.
    return null;
  }
}
