import { isArtifactScope, type ArtifactScope } from '../trust/artifact-scope.ts';
import { claimText, type Claims } from './claims.ts';

const TEMPLATE = /^isolated:(?:[\w./-]|\{[\w.-]+\})+$/;
const PLACEHOLDER = /\{([\w.-]+)\}/g;

/** Why this is no scope of a rule, as the continuation of its name; null when it is one. */
export function problemOfScope(template: string): string | null {
  if (template === 'trusted') return null;
  if (!TEMPLATE.test(template)) {
    return 'must be "trusted" or "isolated:<name>", where the name has letters, digits, "_", ".", "-", "/" and {claim}';
  }
  const parts = template.split('/');
  return parts.some((part) => [...part.matchAll(PLACEHOLDER)].length > 1)
    ? 'must have a "/" between two {claim}, so that no two identities share a name by chance'
    : null;
}

/**
 * The scope that a template gives to an identity; null when a claim that it needs is missing. No
 * two identities with different claims get the same scope: a `/` in a claim is kept at the end of
 * the name only, and encoded elsewhere.
 */
export function fillScopeTemplate(template: string, claims: Claims): ArtifactScope | null {
  if (template === 'trusted') return 'trusted';
  let scope = '';
  let end = 0;
  for (const { 0: placeholder, 1: name = '', index } of template.matchAll(PLACEHOLDER)) {
    const value = claimText(claims, name);
    // Halves of surrogate pairs cannot be encoded; no ref or id has any.
    if (value === null || value === '' || /\p{Surrogate}/u.test(value)) return null;
    scope += template.slice(end, index);
    end = index + placeholder.length;
    scope +=
      end === template.length
        ? value.split('/').map(encodeURIComponent).join('/')
        : encodeURIComponent(value);
  }
  scope += template.slice(end);
  return isArtifactScope(scope) ? scope : null;
}
