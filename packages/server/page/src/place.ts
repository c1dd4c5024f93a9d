// Where the reader is, as the part of the address behind "#": pages can be linked and gone back to.
import type { ArtifactName, TeamChoice, UsageRange } from './api.ts';

export type Place =
  | { readonly kind: 'overview'; readonly range: UsageRange; readonly team: TeamChoice }
  | ({ readonly kind: 'artifact'; readonly range: UsageRange } & ArtifactName);

export const RANGES = ['24h', '7d', '30d', '1y'] as const satisfies UsageRange[];

/** Whatever makes no sense is the overview. */
export function parsePlace(fragment: string): Place {
  const [path = '', search = ''] = fragment.replace(/^#/, '').split('?');
  const query = new URLSearchParams(search);
  const range = RANGES.find((each) => each === query.get('range')) ?? '24h';
  const team = query.get('team');
  const [, kind, api, hash] = path.split('/');
  if (kind === 'artifact' && api !== undefined && hash !== undefined) {
    return { kind, range, team, api: decodeURIComponent(api), hash: decodeURIComponent(hash) };
  }
  return { kind: 'overview', range, team };
}

export function formatPlace(place: Place): string {
  const query = new URLSearchParams({ range: place.range });
  if (place.team !== null) query.set('team', place.team);
  const path =
    place.kind === 'overview'
      ? '/'
      : `/artifact/${encodeURIComponent(place.api)}/${encodeURIComponent(place.hash)}`;
  return `#${path}?${query.toString()}`;
}
