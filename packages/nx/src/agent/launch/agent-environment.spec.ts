import { frontEnvironment, workerEnvironment } from './agent-environment.ts';

const throughBoth = (environment: NodeJS.ProcessEnv) =>
  workerEnvironment(frontEnvironment(environment));

describe('the environment of the agent', () => {
  it.each([
    'LARDER_TOKEN',
    'LARDER_SIGNATURE_KEY',
    'TURBO_TOKEN',
    'TURBO_REMOTE_CACHE_SIGNATURE_KEY',
    'VERCEL_ARTIFACTS_TOKEN',
    'NX_VERCEL_REMOTE_CACHE_TOKEN',
    'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN',
    'NX_CLOUD_ACCESS_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'DB_PASSWORD',
    'npm_config_//registry.example.com/:_authToken',
  ])('does not hold %s', (name) => {
    const environment = { [name]: 'secret', PATH: '/bin' };
    expect(frontEnvironment(environment)).toEqual({ PATH: '/bin' });
    expect(throughBoth(environment)).toEqual({ PATH: '/bin' });
  });

  it('spares the front what slows the start of Node down, and gives it to the worker', () => {
    const environment = {
      PATH: '/bin',
      HTTPS_PROXY: 'http://proxy',
      NODE_OPTIONS: '--require ./hook.js',
      NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    };
    const front = frontEnvironment(environment);
    expect(front).not.toHaveProperty('NODE_OPTIONS');
    expect(front).not.toHaveProperty('NODE_EXTRA_CA_CERTS');
    expect(front).toMatchObject({ PATH: '/bin', HTTPS_PROXY: 'http://proxy' });
    expect(workerEnvironment(front)).toEqual(environment);
  });

  it('leaves out what is not set', () => {
    expect(Object.keys(throughBoth({ HOME: undefined, PATH: '/bin' }))).toEqual(['PATH']);
  });
});
