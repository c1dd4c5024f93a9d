import { compileClaimPattern } from './claim-pattern.ts';

describe('a pattern of a claim', () => {
  it.each([
    ['refs/heads/main', 'refs/heads/main'],
    ['refs/heads/*', 'refs/heads/main'],
    ['refs/heads/release-*', 'refs/heads/release-'],
    ['refs/heads/release-*', 'refs/heads/release-1.2'],
    ['refs/heads/*/final', 'refs/heads/1.2/final'],
    ['refs/**', 'refs/pull/7/merge'],
    ['**/merge', 'refs/pull/7/merge'],
    ['*', ''],
    ['*a*a*b', 'aaaaab'],
    ['v?.*', 'v?.1'],
    ['é*', 'é🎉'],
  ])('%s matches %s', (pattern, value) => {
    expect(compileClaimPattern(pattern)(value)).toBe(true);
  });

  it.each([
    ['refs/heads/main', 'refs/heads/main-evil'],
    ['refs/heads/main', 'evil/refs/heads/main'],
    ['refs/heads/main', 'refs/heads/main\n'],
    ['refs/heads/main', 'REFS/HEADS/MAIN'],
    ['refs/heads/*', 'refs/heads/main/evil'],
    ['refs/heads/*', 'refs/tags/refs/heads/main'],
    ['refs/heads/release-*', 'refs/heads/release-1/evil'],
    ['*', 'a/b'],
    ['refs.heads.main', 'refs/heads/main'],
    ['(a|b)', 'a'],
    ['[ab]', 'a'],
    ['a+', 'aa'],
    ['.*', 'anything'],
    ['a\\*', 'ab'],
    ['', 'a'],
  ])('%s does not match %j', (pattern, value) => {
    expect(compileClaimPattern(pattern)(value)).toBe(false);
  });

  it('takes no time to speak of, whatever somebody has named a branch', () => {
    const matches = compileClaimPattern('*a*a*a*a*a*a*a*a*a*b');
    const startedAt = performance.now();

    expect(matches('a'.repeat(10_000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
