// Trust scopes: who may have written an artifact. They keep what a pull request stores away from
// everybody else, which is what defeats cache poisoning (CVE-2025-36852).

/**
 * `trusted` is for branches whose code was reviewed. `isolated:<name>` is for everything else that
 * may store: what is written there is seen by principals of the very same scope only.
 */
export type ArtifactScope = 'trusted' | `isolated:${string}`;

/** Scopes by precedence; the first is the principal's own, where it writes. */
export type VisibleScopes = readonly [ArtifactScope, ...ArtifactScope[]];

export const MAX_SCOPE_LENGTH = 512;

/** Refs of git may be part of a name, so anything that is visible and no space may be. */
const ISOLATED_PATTERN = /^isolated:[^\s\p{C}]+$/u;

export function isArtifactScope(text: string): text is ArtifactScope {
  return text === 'trusted' || (text.length <= MAX_SCOPE_LENGTH && ISOLATED_PATTERN.test(text));
}

/** What a principal of `scope` sees: its own, then trusted; a trusted one sees nothing else. */
export function visibleScopes(scope: ArtifactScope): VisibleScopes {
  return scope === 'trusted' ? ['trusted'] : [scope, 'trusted'];
}
