import type { ArtifactScope } from '../trust/artifact-scope.ts';
import type { TokenAccess } from '../tokens/server-token.ts';
import { compileClaimPattern } from './claim-pattern.ts';
import { claimText, type Claims } from './claims.ts';
import type { OidcRule } from './oidc-issuer.ts';
import { fillScopeTemplate } from './scope-template.ts';

/** What an identity may do. */
export interface IdentityGrant {
  access: TokenAccess;
  scope: ArtifactScope;
  /** Null: every team. */
  teams: readonly string[] | null;
}

/** Decides what an identity may do; null: nothing. */
export type IdentityRules = (claims: Claims) => IdentityGrant | null;

/** The first rule that matches decides. */
export function compileIdentityRules(rules: readonly OidcRule[]): IdentityRules {
  const compiled = rules.map(compileRule);
  return (claims) => {
    for (const rule of compiled) {
      const grant = rule(claims);
      if (grant !== null) return grant;
    }
    return null;
  };
}

function compileRule({ claims: wanted, access, scope: template, teams }: OidcRule): IdentityRules {
  const conditions = Object.entries(wanted).map(([name, patterns]) => ({
    name,
    patterns: [patterns].flat().map(compileClaimPattern),
  }));
  return (claims) => {
    const isMatch = conditions.every(({ name, patterns }) => {
      const value = claimText(claims, name);
      return value !== null && patterns.some((matches) => matches(value));
    });
    const scope = isMatch ? fillScopeTemplate(template, claims) : null;
    return scope === null ? null : { access, scope, teams: teams ?? null };
  };
}
