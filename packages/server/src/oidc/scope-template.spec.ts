import { fillScopeTemplate, problemOfScope } from './scope-template.ts';

describe('the scope of a rule', () => {
  it('gets its claims filled in', () => {
    const claims = { repository_id: '42', ref: 'refs/pull/7/merge' };

    expect(fillScopeTemplate('isolated:pr/{repository_id}/{ref}', claims)).toBe(
      'isolated:pr/42/refs/pull/7/merge',
    );
    expect(fillScopeTemplate('isolated:everybody', claims)).toBe('isolated:everybody');
    expect(fillScopeTemplate('trusted', claims)).toBe('trusted');
  });

  it.each([
    ['missing', {}],
    ['empty', { ref: '' }],
    ['a list', { ref: ['refs/heads/main'] }],
    ['no text that can be encoded', { ref: '\ud800' }],
    ['longer than any scope', { ref: 'x'.repeat(600) }],
  ])('is none for an identity whose claim is %s', (_what, claims) => {
    expect(fillScopeTemplate('isolated:{ref}', claims)).toBeNull();
  });

  it('is none for claims that every object inherits', () => {
    expect(fillScopeTemplate('isolated:{constructor}', {})).toBeNull();
  });

  it('is another one for other claims, however they are put together', () => {
    const template = 'isolated:{project}/x-{user}/{ref}';
    const scopes = [
      { project: 'a', user: 'b', ref: 'c' },
      { project: 'a', user: 'b/c', ref: 'c' },
      { project: 'a/x-b', user: 'b', ref: 'c' },
      { project: 'a', user: 'b', ref: 'c/c' },
      { project: 'a', user: 'b', ref: 'c%2Fc' },
      { project: 'a%2Fx-b', user: 'b', ref: 'c' },
      { project: 'a', user: '{ref}', ref: 'c' },
    ].map((claims) => fillScopeTemplate(template, claims));

    expect(scopes).not.toContain(null);
    expect(new Set(scopes).size).toBe(scopes.length);
  });

  it('can never be the trusted one by what a claim says', () => {
    expect(fillScopeTemplate('isolated:{ref}', { ref: 'trusted' })).toBe('isolated:trusted');
    expect(fillScopeTemplate('isolated:{ref}', { ref: ' \n' })).toBe('isolated:%20%0A');
  });

  it.each(['trusted', 'isolated:pr', 'isolated:pr/{repository_id}/{ref}', 'isolated:{a}-b/{c}'])(
    'may be %s',
    (template) => {
      expect(problemOfScope(template)).toBeNull();
    },
  );

  it.each(['', 'Trusted', 'isolated', 'isolated:', 'isolated:{}', 'isolated:{a', 'isolated:a b'])(
    'may not be "%s"',
    (template) => {
      expect(problemOfScope(template)).toMatch(/^must be "trusted" or "isolated:<name>"/);
    },
  );

  it('must keep two claims apart', () => {
    expect(problemOfScope('isolated:{a}{b}')).toMatch(/^must have a "\/" between/);
    expect(problemOfScope('isolated:{a}-{b}')).toMatch(/^must have a "\/" between/);
  });
});
