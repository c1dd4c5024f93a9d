// Rules of CI services that are safe as they are: only what a protected ref has built is written
// where the main branch reads, and what runs unreviewed code writes where nobody else reads.
import type { GithubActionsIssuer, GitlabIssuer, OidcRule } from './oidc-issuer.ts';

export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
export const GITLAB_ISSUER = 'https://gitlab.com';

/**
 * Claims: https://docs.github.com/en/actions/reference/security/oidc. All of them are texts.
 * `pull_request_target`, `workflow_run`, `issue_comment` and the like run in the name of the main
 * branch and may run code of a pull request all the same, so they only read.
 */
export function githubActionsRules(options: GithubActionsIssuer): OidcRule[] {
  return presetRules(options, {
    ours: {
      repository_id: options.repositoryIds,
      repository_owner_id: options.repositoryOwnerIds,
    },
    eventClaim: 'event_name',
    unreviewedEvent: 'pull_request',
    isolatedScope: 'isolated:pr/{repository_id}/{ref}',
  });
}

/**
 * Claims: https://docs.gitlab.com/ci/secrets/id_token_authentication. All of them are texts. In a
 * merge request from a fork `project_id` is that of the fork (GitLab 18.2.2 and later).
 */
export function gitlabRules(options: GitlabIssuer): OidcRule[] {
  return presetRules(options, {
    ours: { project_id: options.projectIds },
    eventClaim: 'pipeline_source',
    unreviewedEvent: 'merge_request_event',
    isolatedScope: 'isolated:mr/{project_id}/{ref}',
    // `ref` is the name alone: a tag may be called like the main branch.
    namedRefs: { ref_type: 'branch' },
  });
}

interface ServiceFacts {
  /** Tells jobs of the configured repositories from those of everybody else. */
  ours: OidcRule['claims'];
  eventClaim: string;
  unreviewedEvent: string;
  isolatedScope: string;
  /** What else must be true of refs that are trusted by their names. */
  namedRefs?: OidcRule['claims'];
}

function presetRules(
  { trustedRefs, teams }: GithubActionsIssuer | GitlabIssuer,
  { ours, eventClaim, unreviewedEvent, isolatedScope, namedRefs = {} }: ServiceFacts,
): OidcRule[] {
  const trustedRef: OidcRule['claims'] =
    trustedRefs === undefined ? { ref_protected: 'true' } : { ...namedRefs, ref: trustedRefs };
  return [
    {
      claims: { ...ours, [eventClaim]: ['push', 'schedule'], ...trustedRef },
      access: 'read-write',
      scope: 'trusted',
      teams,
    },
    {
      claims: { ...ours, [eventClaim]: unreviewedEvent },
      access: 'read-write',
      scope: isolatedScope,
      teams,
    },
    { claims: ours, access: 'read', scope: 'trusted', teams },
  ];
}
