import { readEnvironment } from './environment.ts';

describe('readEnvironment', () => {
  it('finds nothing in an empty environment', () => {
    const { larder, otherTools, isCi } = readEnvironment({});
    expect(Object.values({ ...larder, ...otherTools }).every((value) => value === null)).toBe(true);
    expect(isCi).toBe(false);
  });

  it('takes blank variables for unset ones', () => {
    expect(readEnvironment({ LARDER_TOKEN: '', LARDER_URL: ' \n' }).larder).toMatchObject({
      token: null,
      url: null,
    });
  });

  it('leaves values as they are', () => {
    expect(readEnvironment({ LARDER_SIGNATURE_KEY: ' key\n' }).larder.signatureKey).toBe(' key\n');
  });

  it.each([
    [{ CI: 'true' }, true],
    [{ CI: '1' }, true],
    [{ CI: 'woodpecker' }, true],
    [{ CI: 'false' }, false],
    [{ CI: 'False' }, false],
    [{ CI: '0' }, false],
    [{ CI: '' }, false],
    [{ CI: 'false', GITHUB_ACTIONS: 'true' }, false],
    [{ CI: '', GITHUB_ACTIONS: 'true' }, true],
    [{ TF_BUILD: 'True' }, true],
    [{ JENKINS_URL: 'https://ci.example.com' }, true],
    [{ TEAMCITY_VERSION: '2026.1' }, true],
    [{ HOME: '/home/ann' }, false],
  ])('with %j, CI is %s', (env, expected) => {
    expect(readEnvironment(env).isCi).toBe(expected);
  });
});

describe("Nx's own variables", () => {
  it.each([
    [{}, false],
    [{ NX_SKIP_REMOTE_CACHE: 'true' }, true],
    [{ NX_DISABLE_REMOTE_CACHE: 'true' }, true],
    [{ NX_SKIP_NX_CACHE: 'true' }, true],
    [{ NX_DISABLE_NX_CACHE: 'true' }, true],
    [{ NX_SKIP_REMOTE_CACHE: 'false' }, false],
    [{ NX_SKIP_REMOTE_CACHE: '1' }, false],
  ])('with %j the cache is skipped: %s', (env, expected) => {
    expect(readEnvironment(env).nx.skipsCache).toBe(expected);
  });

  it('tell what connects to Nx Cloud, and what forbids it', () => {
    expect(readEnvironment({}).nx).toMatchObject({
      cloudTokenVariables: [],
      isCloudDisabled: false,
    });
    const tokens = { NX_CLOUD_AUTH_TOKEN: 'x', NX_CLOUD_ACCESS_TOKEN: ' ' };
    expect(readEnvironment({ ...tokens, NX_NO_CLOUD: 'true' }).nx).toMatchObject({
      cloudTokenVariables: ['NX_CLOUD_AUTH_TOKEN'],
      isCloudDisabled: true,
    });
  });

  it('tell how many tasks run at the same time', () => {
    expect(readEnvironment({ NX_PARALLEL: '5' }).nx.parallel).toBe('5');
    expect(readEnvironment({ NX_PARALLEL: '' }).nx.parallel).toBeNull();
  });
});

describe('the proxy variables', () => {
  it.each([
    [{}, false],
    [{ HTTP_PROXY: 'http://proxy' }, true],
    [{ http_proxy: 'http://proxy' }, true],
    [{ ALL_PROXY: 'socks5://proxy' }, true],
    [{ all_proxy: 'socks5://proxy' }, true],
    [{ HTTP_PROXY: '' }, false],
    // The agent is spoken to without TLS.
    [{ HTTPS_PROXY: 'http://proxy' }, false],
  ])('%j send what goes to the agent through a proxy: %s', (env, expected) => {
    expect(readEnvironment(env).hasHttpProxy).toBe(expected);
  });

  it.each([
    [{}, null],
    [{ NO_PROXY: 'a' }, 'a'],
    [{ no_proxy: 'b' }, 'b'],
    [{ NO_PROXY: 'a', no_proxy: 'b' }, 'a'],
    [{ NO_PROXY: ' ', no_proxy: 'b' }, 'b'],
  ])('%j except %j', (env, expected) => {
    expect(readEnvironment(env).noProxy).toBe(expected);
  });
});
