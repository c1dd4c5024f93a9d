import { createArtifactsClient } from '@larder/client';
import { answer, hang, startArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import type { ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { createTestBed, until } from '../../testing/test-bed.fixture.ts';
import { createAbsenceSurvey } from './absence-survey.ts';

const bed = createTestBed();
let server: ArtifactsServer;
let time: number;

beforeEach(async () => {
  time = 0;
  server = await startArtifactsServer();
  bed.onCleanUp(() => server.close());
});
afterEach(() => bed.cleanUp());

function startSurvey(hashes = ['a', 'b', 'c']) {
  const client = createArtifactsClient({ url: server.url, token: 'a-token' });
  bed.onCleanUp(() => client.close());
  return createAbsenceSurvey({ client, hashes, now: () => time });
}

describe('a survey', () => {
  it('knows what the server does not have, by one request', async () => {
    server.keep('b', Buffer.from('hello'));
    const survey = startSurvey();
    await until('it knows', () => survey.isAbsent('a'));
    expect(['b', 'c', 'not asked for'].map((hash) => survey.isAbsent(hash))).toEqual([
      false,
      true,
      false,
    ]);
    expect(server.requests.map(({ kind }) => kind)).toEqual(['query']);
  });

  it('asks nothing when there is nothing to ask for', async () => {
    const survey = startSurvey([]);
    time = 60_000;
    expect(survey.isAbsent('a')).toBe(false);
    const other = startSurvey(['z']);
    await until('the other one knows', () => other.isAbsent('z'));
    expect(server.requests).toHaveLength(1);
  });

  it('does not rely on old answers, and asks again for what has not been looked up', async () => {
    const survey = startSurvey();
    await until('it knows', () => survey.isAbsent('a'));
    server.keep('c', Buffer.from('hello'));
    time = 10_001;
    expect(survey.isAbsent('b')).toBe(false);
    await until('it has asked again', () => server.seen('query').length === 2);
    time = 10_002;
    expect(survey.isAbsent('c')).toBe(false);
  });

  it('counts the age of an answer from when it was asked for', async () => {
    const survey = startSurvey();
    time = 10_001;
    await until('it has asked', () => server.seen('query').length >= 1);
    expect(survey.isAbsent('a')).toBe(false);
  });

  it.each([
    ['does not know the endpoint', answer(404)],
    ['fails', answer(500)],
    ['says nothing about them', answer(200, '{}')],
    ['answers something else', answer(200, '<html>')],
  ])('knows nothing of a server that %s, and leaves it alone', async (_what, query) => {
    server.behaviour.query = query;
    const survey = startSurvey();
    await until('it has asked', () => server.seen('query').length === 1);
    time = 60_000;
    for (const hash of ['a', 'b']) expect(survey.isAbsent(hash)).toBe(false);
    expect(server.requests).toHaveLength(1);
  });

  it('does not wait for a server that is silent', async () => {
    server.behaviour.query = hang;
    const survey = startSurvey();
    await until('it has asked', () => server.seen('query').length === 1);
    expect(survey.isAbsent('a')).toBe(false);
  });
});
