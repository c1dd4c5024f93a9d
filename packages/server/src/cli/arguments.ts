// How values on the command line are read; each of these throws what Commander prints.
import { InvalidArgumentError } from 'commander';
import { MAX_TEAM_LENGTH } from '../tokens/token-options.ts';
import { isArtifactScope, type ArtifactScope } from '../trust/artifact-scope.ts';

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people type it, a whole number and `m`, `h` or `d`; in milliseconds. */
export function parseDurationMs(text: string): number {
  const match = /^([1-9]\d{0,5})([mhd])$/.exec(text);
  if (match !== null) return Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS];
  throw new InvalidArgumentError('It must be a number of minutes, hours or days such as 90d.');
}

export function parseScope(text: string): ArtifactScope {
  if (isArtifactScope(text)) return text;
  throw new InvalidArgumentError('It must be "trusted" or "isolated:<name>".');
}

export function parseLabel(text: string): string {
  const label = text.trim();
  if (label.length >= 1 && label.length <= 100) return label;
  throw new InvalidArgumentError('It must have 1 to 100 characters.');
}

export function parseTeam(text: string): string {
  if (text.length <= MAX_TEAM_LENGTH) return text;
  throw new InvalidArgumentError(`It must have at most ${MAX_TEAM_LENGTH} characters.`);
}
