import type { TokenAccess } from '../tokens/server-token.ts';

/** A CI service whose signed identities (OpenID Connect) are exchanged for short-lived tokens. */
export type OidcIssuer = OidcRuleIssuer | GithubActionsIssuer | GitlabIssuer;

interface OidcIssuerBase {
  /** What an identity must be made out to: the address of this server, as clients call it. */
  audience: string;
  /** Where the issuer's keys are. Default: as its `/.well-known/openid-configuration` says. */
  jwksUri?: string | undefined;
  /** How long a token lives that an identity is exchanged for; at most 24 h. Default 1 h. */
  tokenLifetimeMs?: number | undefined;
}

/** Any issuer, with rules of one's own. */
export interface OidcRuleIssuer extends OidcIssuerBase {
  preset?: undefined;
  /** The claim `iss`, exactly; https, or http on loopback. */
  issuer: string;
  /** The first rule that matches decides; an identity that none matches is refused. */
  rules: OidcRule[];
}

/** What the identities that it matches may do. */
export interface OidcRule {
  /**
   * Patterns by the name of the claim, all of which must match; of a list one must. `*` stands for
   * any characters but `/`, `**` for any at all.
   */
  claims: Record<string, string | string[]>;
  access: TokenAccess;
  /**
   * `trusted`, or `isolated:<name>`, where `{claim}` in the name is replaced by that claim. An
   * identity without the claim is not matched.
   */
  scope: string;
  /** `teamId` or `slug` values that may be used; absent: every team. */
  teams?: string[] | undefined;
}

interface OidcPresetIssuer extends OidcIssuerBase {
  /**
   * Patterns of refs whose pushes and schedules are trusted. Default: those that the service says
   * are protected.
   */
  trustedRefs?: string[] | undefined;
  /** `teamId` or `slug` values that may be used; absent: every team. */
  teams?: string[] | undefined;
}

/** Jobs of GitHub Actions. */
export interface GithubActionsIssuer extends OidcPresetIssuer {
  preset: 'github-actions';
  /** Default `https://token.actions.githubusercontent.com`. */
  issuer?: string | undefined;
  /** Ids in digits: a name can be given away and registered again by somebody else. */
  repositoryIds: string[];
  repositoryOwnerIds: string[];
}

/** Jobs of GitLab CI/CD. */
export interface GitlabIssuer extends OidcPresetIssuer {
  preset: 'gitlab';
  /** Address of a GitLab of one's own. Default `https://gitlab.com`. */
  issuer?: string | undefined;
  /** Ids in digits. */
  projectIds: string[];
}
