import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildUserAgent, readEnvironment } from './environment.ts';

describe('the environment', () => {
  it('is overridden piece by piece', () => {
    const { clientCi, isInteractive } = readEnvironment({ clientCi: 'DRONE' });
    expect(clientCi).toBe('DRONE');
    expect(typeof isInteractive).toBe('boolean');
    expect(readEnvironment({ clientCi: null, isInteractive: true })).toMatchObject({
      clientCi: null,
      isInteractive: true,
    });
  });

  it.each([
    [{ GITHUB_ACTIONS: 'true' }, 'GITHUB_ACTIONS'],
    [{ GITLAB_CI: 'true' }, 'GITLAB'],
    [{}, null],
  ])('%j makes the CI vendor %p', async (variables, expected) => {
    const { env } = process;
    process.env = variables;
    try {
      await jest.isolateModulesAsync(async () => {
        const fresh = await import('./environment.ts');
        expect(fresh.readEnvironment().clientCi).toBe(expected);
      });
    } finally {
      process.env = env;
    }
  });
});

describe('the user agent', () => {
  const manifest = readFileSync(join(__dirname, '../package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const own = `larder-client/${version} node/${process.versions.node}`;

  it('names this package and node', () => {
    expect(buildUserAgent(undefined)).toBe(own);
  });

  it('starts with the product', () => {
    expect(buildUserAgent('larder-nx/0.1.0')).toBe(`larder-nx/0.1.0 ${own}`);
  });
});
