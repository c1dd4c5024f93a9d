import { resolveServerOptions } from '../options/server-options.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

const github = {
  preset: 'github-actions',
  audience: 'https://cache.example.com',
  repositoryIds: ['42'],
  repositoryOwnerIds: ['7'],
};
const rule = { claims: { project: 'shop' }, access: 'read', scope: 'trusted' };
const custom = { issuer: 'https://ci.example.com', audience: 'larder', rules: [rule] };

function problemsOf(oidc: unknown): string {
  try {
    resolveServerOptions({ oidc });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the option oidc', () => {
  it('takes presets and rules, and leaves them as they are', () => {
    const oidc = [
      github,
      { preset: 'gitlab', audience: 'a', projectIds: ['1'], issuer: 'https://git.example.com' },
      { ...custom, jwksUri: 'https://ci.example.com/keys', tokenLifetimeMs: 60_000 },
      { ...custom, issuer: 'http://127.0.0.1:8080', audience: 'b' },
      { ...custom, issuer: 'http://[::1]:8080' },
    ];

    expect(resolveServerOptions({ oidc }).oidc).toEqual(oidc);
    expect(resolveServerOptions({}).oidc).toEqual([]);
  });

  it.each<[unknown, string]>([
    [{}, 'oidc must be a list'],
    [['github-actions'], 'oidc.0 must be an object'],
    [[{ ...github, preset: 'github' }], 'oidc.0.preset must be "github-actions" or "gitlab"'],
    [[{ ...github, repositoryIds: ['acme/shop'] }], 'oidc.0.repositoryIds.0 must be digits'],
    [[{ ...github, repositoryIds: [42] }], 'oidc.0.repositoryIds.0 must be text'],
    [[{ ...github, repositoryIds: [] }], 'oidc.0.repositoryIds must name an id'],
    [[{ ...github, repositoryIds: undefined }], 'oidc.0.repositoryIds must be a list of ids'],
    [[{ ...github, repositoryOwnerIds: undefined }], 'oidc.0.repositoryOwnerIds must be a list'],
    [[{ ...github, audience: undefined }], 'oidc.0.audience must be text'],
    [[{ ...github, audience: '' }], 'oidc.0.audience must not be empty'],
    [[{ ...github, rules: [rule] }], 'unknown key "rules" in oidc.0'],
    [[{ ...github, teams: [] }], 'oidc.0.teams must name a team'],
    [[{ ...github, trustedRefs: [] }], 'oidc.0.trustedRefs must not be an empty list'],
    [[{ ...github, tokenLifetimeMs: 90_000_000 }], 'oidc.0.tokenLifetimeMs must be a whole number'],
    [[{ preset: 'gitlab', audience: 'a' }], 'oidc.0.projectIds must be a list of ids'],
    [[{ ...custom, issuer: undefined }], 'oidc.0.issuer must be text'],
    [[{ ...custom, issuer: 'ci.example.com' }], 'oidc.0.issuer must be an address'],
    [[{ ...custom, issuer: 'http://ci.example.com' }], 'oidc.0.issuer must start with https://'],
    [[{ ...custom, issuer: 'https://a:b@c' }], 'oidc.0.issuer must not contain a user name'],
    [[{ ...custom, jwksUri: 'http://ci.example.com' }], 'oidc.0.jwksUri must start with https://'],
    [[{ ...custom, rules: [] }], 'oidc.0.rules must not be an empty list'],
    [[{ ...custom, rules: undefined }], 'oidc.0.rules must be a list'],
    [[{ ...custom, rules: [1] }], 'oidc.0.rules.0 must be an object'],
    [[{ ...custom, rules: [{ ...rule, claims: {} }] }], 'oidc.0.rules.0.claims must name a claim'],
    [[{ ...custom, rules: [{ ...rule, claims: { a: 1 } }] }], 'rules.0.claims.a must be text or'],
    [[{ ...custom, rules: [{ ...rule, claims: { a: [] } }] }], 'rules.0.claims.a must'],
    [[{ ...custom, rules: [{ ...rule, access: 'write' }] }], 'oidc.0.rules.0.access must be'],
    [
      [{ ...custom, rules: [{ ...rule, scope: 'main' }] }],
      'oidc.0.rules.0.scope must be "trusted"',
    ],
    [[{ ...custom, rules: [{ ...rule, x: 1 }] }], 'unknown key "x" in oidc.0.rules.0'],
  ])('names what is wrong in %j', (oidc, problem) => {
    expect(problemsOf(oidc)).toContain(problem);
  });

  it('names everything that is wrong, not only the first', () => {
    const message = problemsOf([
      { ...github, audience: '' },
      { ...custom, rules: [] },
    ]);

    expect(message).toContain('oidc.0.audience');
    expect(message).toContain('oidc.1.rules');
  });

  it.each(['https://token.actions.githubusercontent.com', 'https://gitlab.com'])(
    'takes no rules for %s that would let in everybody there',
    (issuer) => {
      const withClaims = (claims: object) => [{ ...custom, issuer, rules: [{ ...rule, claims }] }];

      expect(problemsOf(withClaims({ repository: 'acme/shop' }))).toContain(
        'oidc.0.rules.0.claims must name ',
      );
      expect(problemsOf(withClaims({ repository_id: '*', project_id: '4*' }))).toContain(
        'everybody has jobs with this issuer',
      );
      expect(problemsOf(withClaims({ repository_id: '42', project_id: '42' }))).toBe('none');
    },
  );

  it('takes one place of keys for an issuer', () => {
    const issuers: OidcIssuer[] = [
      { ...custom, rules: [], jwksUri: 'https://ci.example.com/keys' },
      { ...custom, rules: [], audience: 'b' },
    ];

    expect(problemsOf(issuers.map((each) => ({ ...each, rules: [rule] })))).toContain(
      'oidc.1.jwksUri must be the same in every entry of an issuer',
    );
  });
});
