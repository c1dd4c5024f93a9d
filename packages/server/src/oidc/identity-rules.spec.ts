import { compileIdentityRules } from './identity-rules.ts';
import { githubActionsRules, gitlabRules } from './presets.ts';

describe('rules', () => {
  it('are asked in their order, and the first that matches decides', () => {
    const rules = compileIdentityRules([
      { claims: { ref: 'refs/heads/main' }, access: 'read-write', scope: 'trusted' },
      { claims: { ref: 'refs/heads/*' }, access: 'read', scope: 'trusted', teams: ['shop'] },
    ]);

    expect(rules({ ref: 'refs/heads/main' })).toEqual({
      access: 'read-write',
      scope: 'trusted',
      teams: null,
    });
    expect(rules({ ref: 'refs/heads/main-evil' })).toEqual({
      access: 'read',
      scope: 'trusted',
      teams: ['shop'],
    });
    expect(rules({ ref: 'refs/tags/v1' })).toBeNull();
  });

  it('match when every claim does, and of a list of patterns one', () => {
    const rules = compileIdentityRules([
      { claims: { a: ['1', '2'], b: 'x' }, access: 'read', scope: 'trusted' },
    ]);

    expect(rules({ a: '2', b: 'x' })).not.toBeNull();
    expect(rules({ a: '3', b: 'x' })).toBeNull();
    expect(rules({ a: '1' })).toBeNull();
    expect(rules({ a: ['1'], b: 'x' })).toBeNull();
    expect(rules({ a: 1, b: 'x' })).not.toBeNull();
  });

  it('do not match an identity that lacks what their scope needs', () => {
    const rules = compileIdentityRules([
      { claims: { a: '1' }, access: 'read-write', scope: 'isolated:{ref}' },
      { claims: { a: '1' }, access: 'read', scope: 'trusted' },
    ]);

    expect(rules({ a: '1' })?.access).toBe('read');
  });
});

describe('the rules of GitHub Actions', () => {
  const ours = { repository_id: '42', repository_owner_id: '7' };
  const options = {
    preset: 'github-actions' as const,
    audience: 'https://cache.example.com',
    repositoryIds: ['41', '42'],
    repositoryOwnerIds: ['7'],
  };
  const rules = compileIdentityRules(githubActionsRules(options));

  it.each(['push', 'schedule'])('trust a %s of a protected ref', (event) => {
    expect(
      rules({ ...ours, event_name: event, ref: 'refs/heads/main', ref_protected: 'true' }),
    ).toEqual({ access: 'read-write', scope: 'trusted', teams: null });
  });

  it.each([
    ['push', { ref_protected: 'false' }],
    ['push', {}],
    ...[
      'pull_request_target',
      'issue_comment',
      'workflow_run',
      'workflow_dispatch',
      'repository_dispatch',
      'merge_group',
      'release',
      'pushy',
    ].map((event): [string, object] => [event, { ref_protected: 'true' }]),
  ])('let a %s with %j read, and nothing else', (event, claims) => {
    expect(rules({ ...ours, event_name: event, ref: 'refs/heads/main', ...claims })).toEqual({
      access: 'read',
      scope: 'trusted',
      teams: null,
    });
  });

  it.each(['true', 'false'])(
    'keep what a pull request stores to itself (ref_protected %s)',
    (ref_protected) => {
      const claims = { ...ours, event_name: 'pull_request', ref: 'refs/pull/9/merge' };

      expect(rules({ ...claims, ref_protected })).toEqual({
        access: 'read-write',
        scope: 'isolated:pr/42/refs/pull/9/merge',
        teams: null,
      });
    },
  );

  it.each([
    ['another repository', { repository_id: '421' }],
    ['a repository that has moved to another owner', { repository_owner_id: '8' }],
    ['a repository that only has the name', { repository_id: undefined, repository: 'acme/shop' }],
  ])('refuse %s', (_what, claims) => {
    const push = { event_name: 'push', ref: 'refs/heads/main', ref_protected: 'true' };

    expect(rules({ ...ours, ...push, ...claims })).toBeNull();
  });

  it('trust the refs that are named instead of the protected ones', () => {
    const named = compileIdentityRules(
      githubActionsRules({ ...options, trustedRefs: ['refs/heads/main'], teams: ['shop'] }),
    );
    const scopeOf = (ref: string, ref_protected: string) =>
      named({ ...ours, event_name: 'push', ref, ref_protected });

    expect(scopeOf('refs/heads/main', 'false')?.access).toBe('read-write');
    expect(scopeOf('refs/heads/main-evil', 'true')?.access).toBe('read');
    expect(scopeOf('refs/heads/main', 'false')?.teams).toEqual(['shop']);
  });
});

describe('the rules of GitLab', () => {
  const rules = compileIdentityRules(
    gitlabRules({ preset: 'gitlab', audience: 'https://cache.example.com', projectIds: ['42'] }),
  );

  it.each([
    ['push', 'true', 'read-write', 'trusted'],
    ['schedule', 'true', 'read-write', 'trusted'],
    ['push', 'false', 'read', 'trusted'],
    ['web', 'true', 'read', 'trusted'],
    ['parent_pipeline', 'true', 'read', 'trusted'],
    ['merge_request_event', 'true', 'read-write', 'isolated:mr/42/topic'],
    ['merge_request_event', 'false', 'read-write', 'isolated:mr/42/topic'],
  ])('give a %s (ref_protected %s) %s, %s', (pipeline_source, ref_protected, access, scope) => {
    const claims = { project_id: '42', pipeline_source, ref: 'topic', ref_protected };

    expect(rules(claims)).toEqual({ access, scope, teams: null });
  });

  it('trust the branches that are named, but no tag that is called like one', () => {
    const named = compileIdentityRules(
      gitlabRules({
        preset: 'gitlab',
        audience: 'https://cache.example.com',
        projectIds: ['42'],
        trustedRefs: ['main'],
      }),
    );
    const push = { project_id: '42', pipeline_source: 'push', ref_protected: 'false' };

    expect(named({ ...push, ref: 'main', ref_type: 'branch' })?.access).toBe('read-write');
    expect(named({ ...push, ref: 'main', ref_type: 'tag' })?.access).toBe('read');
    expect(named({ ...push, ref: 'main-evil', ref_type: 'branch' })?.access).toBe('read');
  });

  it('refuse the project of a fork', () => {
    const claims = { project_id: '43', pipeline_source: 'merge_request_event', ref: 'topic' };

    expect(rules(claims)).toBeNull();
  });
});
