import { findCiIdentity } from './ci-identity.ts';
import { readEnvironment } from './environment.ts';

const github = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://actions.test/token',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
};

function find(variables: Readonly<Record<string, string>>) {
  return findCiIdentity(readEnvironment(variables));
}

describe('the identity of a CI job', () => {
  it('is asked for in a job of GitHub Actions that may have one', () => {
    expect(find(github)).toEqual({
      kind: 'github',
      requestUrl: 'https://actions.test/token',
      requestToken: 'request-token',
      audience: null,
    });
    expect(find({ ...github, LARDER_AUDIENCE: ' larder ' })).toMatchObject({ audience: 'larder' });
  });

  it('is in a variable in a job of GitLab, which wins', () => {
    expect(find({ ...github, LARDER_ID_TOKEN: 'a.b.c\n' })).toEqual({
      kind: 'signed',
      token: 'a.b.c',
    });
  });

  it.each([
    {},
    { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://actions.test/token' },
    { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token' },
    { ...github, ACTIONS_ID_TOKEN_REQUEST_TOKEN: ' ' },
    { LARDER_ID_TOKEN: '' },
  ])('is nowhere with %j', (variables) => {
    expect(find(variables)).toBeNull();
  });
});
