// What docs/ci tells people to put into the configuration of the server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveServerOptions } from '../options/server-options.ts';
import { compileIdentityRules } from './identity-rules.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

const ORGANIZATION = '5f2a8f2e-0d3c-4c55-9a3e-2d8a6f9f8b11';
const PROJECT = 'c1f0a6b4-58a1-4a2d-8f0e-7e0b1a7c3d22';

/** The `oidc` of a page, with ids in place of what stands for them. */
function oidcOf(page: string): readonly OidcIssuer[] {
  const text = readFileSync(join(__dirname, '../../../../docs/ci', `${page}.md`), 'utf8');
  const [, json = ''] = /```json\n([^]*?)```/.exec(text) ?? [];
  const filled = json
    .replaceAll('<organization id>', ORGANIZATION)
    .replaceAll('<project id>', PROJECT);
  return resolveServerOptions(JSON.parse(filled) as object).oidc;
}

it.each([
  ['github-actions', 'github-actions'],
  ['gitlab-ci', 'gitlab'],
])('docs/ci/%s.md uses the preset %s', (page, preset) => {
  expect(oidcOf(page)).toMatchObject([{ preset }]);
});

describe('docs/ci/circleci.md', () => {
  const [issuer] = oidcOf('circleci');
  if (issuer === undefined || !('rules' in issuer)) throw new Error('The page has no rules.');
  const rules = compileIdentityRules(issuer.rules);
  const grant = (origin: string, ref: string, project = PROJECT) => {
    const sub = `org/${ORGANIZATION}/project/${project}/user/u-1/vcs-origin/${origin}/vcs-ref/${ref}`;
    return rules({ sub });
  };

  it('trusts the main branch of the repository, and of no fork', () => {
    expect(grant('github.com/acme/shop', 'refs/heads/main')).toMatchObject({
      access: 'read-write',
      scope: 'trusted',
    });
    const isolated = { access: 'read-write', scope: 'isolated:circleci' };
    expect(grant('github.com/mallory/shop', 'refs/heads/main')).toMatchObject(isolated);
    expect(grant('github.com/acme/shop', 'refs/heads/main/x')).toMatchObject(isolated);
    expect(grant('github.com/acme/shop', 'refs/heads/topic')).toMatchObject(isolated);
  });

  it('gives jobs of other projects nothing', () => {
    expect(grant('github.com/acme/shop', 'refs/heads/main', 'another')).toBeNull();
  });
});
