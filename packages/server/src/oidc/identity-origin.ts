// What is kept of an identity, so that whatever it writes can be traced to its job.
import type { TokenOrigin } from '../tokens/principal.ts';
import { claimText, type Claims } from './claims.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

const SERVICES = { 'github-actions': 'github', gitlab: 'gitlab' } as const;

const MAX_LENGTH = 200;

export function originOf(claims: Claims): TokenOrigin {
  return {
    repository: firstOf(claims, ['repository', 'project_path']),
    ref: firstOf(claims, ['ref']),
    run: firstOf(claims, ['run_id', 'pipeline_id']),
  };
}

/** Name of a token in logs and lists, such as `github:acme/shop@refs/heads/main`. */
export function labelOf(preset: OidcIssuer['preset'], claims: Claims): string {
  const service = preset === undefined ? 'oidc' : SERVICES[preset];
  const { repository, ref } = originOf(claims);
  const name = repository ?? firstOf(claims, ['sub']) ?? 'unknown';
  return shorten(`${service}:${name}${ref === null ? '' : `@${ref}`}`);
}

function firstOf(claims: Claims, names: readonly string[]): string | null {
  const value = names.map((name) => claimText(claims, name)).find((text) => text !== null);
  return value === undefined ? null : shorten(value);
}

/** Without what would break a line of a list, and not longer than a line is. */
function shorten(text: string): string {
  return text.replace(/\p{C}/gu, '?').slice(0, MAX_LENGTH);
}
