import { createHash, createHmac } from 'node:crypto';
import {
  listStoredFiles,
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const KEY = 'a key of at least thirty-two bytes';
const HASH = '0123456789abcdef';
const BODY = 'the outputs of a task';

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({ signatureKeys: { signed: KEY, team_signed: KEY } });
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

async function put(query: string, tag: string | null, body = BODY): Promise<number> {
  const response = await running.fetch(`/v8/artifacts/${HASH}${query}`, {
    method: 'PUT',
    body,
    headers: tag === null ? {} : { 'x-artifact-tag': tag },
  });
  return response.status;
}

const digestTag = (body: string) => `sha256-${createHash('sha256').update(body).digest('base64')}`;

function signatureV1(teamId: string, body = BODY, key = KEY): string {
  return createHmac('sha256', key).update(`${HASH}${teamId}${body}`).digest('base64');
}

function signatureV2(teamId: string, body = BODY, key = KEY): string {
  const hmac = createHmac('sha256', key);
  for (const part of ['artifact-signature:v2', HASH, teamId, body]) {
    const length = Buffer.alloc(8);
    length.writeUInt32LE(Buffer.byteLength(part));
    hmac.update(length).update(part);
  }
  return hmac.digest('base64');
}

it.each<[string, string, string | null, number]>([
  ['a digest of the body', '', digestTag(BODY), 202],
  ['a digest of another body', '', digestTag('another'), 400],
  ['anything else, where no key is known', '', 'anything', 202],
  ['nothing, where no key is known', '', null, 202],
  ['a signature', '?slug=signed', signatureV2(''), 202],
  ['a signature for a teamId', '?teamId=team_signed', signatureV2('team_signed'), 202],
  ['an old signature', '?slug=signed', signatureV1(''), 202],
  ['an old signature for a teamId', '?teamId=team_signed', signatureV1('team_signed'), 202],
  ['a signature for another teamId', '?teamId=team_signed', signatureV2('team_x'), 400],
  ['a signature of another body', '?slug=signed', signatureV2('', 'another'), 400],
  ['a signature with another key', '?slug=signed', signatureV2('', BODY, 'another key'), 400],
  ['a digest where a signature is asked for', '?slug=signed', digestTag(BODY), 400],
  ['nothing where a signature is asked for', '?slug=signed', null, 400],
])('an upload that is tagged with %s', async (_what, query, tag, status) => {
  expect(await put(query, tag)).toBe(status);
  const kept = await running.fetch(`/v8/artifacts/${HASH}${query}`);
  expect(kept.status).toBe(status === 202 ? 200 : 404);
  expect(await listStoredFiles(running.dataDirectory)).toHaveLength(status === 202 ? 1 : 0);
});

it('a refused upload does not keep the next one from the slot', async () => {
  expect(await put('?slug=signed', signatureV2('', 'another'))).toBe(400);
  expect(await put('?slug=signed', signatureV2(''))).toBe(202);
});
