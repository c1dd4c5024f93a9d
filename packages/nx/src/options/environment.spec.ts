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
