// What a program does with @vercel/sdk, told as JSON.
import { buffer } from 'node:stream/consumers';
import { Vercel } from '@vercel/sdk';

const { URL: serverURL, WRITER, READER } = process.env;
const body = Buffer.from('from @vercel/sdk \0\r\n'.repeat(1000));
const team = { teamId: 'team_sdk' };

const open = (bearerToken) => new Vercel({ serverURL, bearerToken }).artifacts;
const [writer, reader, stranger] = [open(WRITER), open(READER), open('unknown')];

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    return { status: error.statusCode ?? error.httpMeta?.response.status ?? String(error) };
  }
}

const upload = (artifacts, hash, requestBody = body) =>
  attempt(async () => {
    const { urls } = await artifacts.uploadArtifact({
      ...team,
      hash,
      contentLength: requestBody.length,
      xArtifactDuration: 12,
      xArtifactTag: 'a-tag',
      requestBody,
    });
    return urls.length;
  });
const download = (artifacts, hash) =>
  attempt(async () => {
    const stream = await artifacts.downloadArtifact({ ...team, hash });
    return (await buffer(stream)).equals(body);
  });
const exists = (artifacts, hash) =>
  attempt(async () => {
    await artifacts.artifactExists({ ...team, hash });
    return true;
  });
const query = (hashes) => attempt(() => writer.artifactQuery({ ...team, requestBody: { hashes } }));

const seen = {
  status: await attempt(() => writer.status(team)),
  before: [await exists(writer, 'abc'), await download(writer, 'abc')],
  upload: await upload(writer, 'abc'),
  duplicate: await upload(writer, 'abc', Buffer.from('another body')),
  after: [await exists(writer, 'abc'), await download(writer, 'abc')],
  query: await query(['abc', 'absent']),
  events: await attempt(async () => {
    await writer.recordEvents({
      ...team,
      requestBody: [
        {
          sessionId: '11111111-1111-4111-8111-111111111111',
          source: 'REMOTE',
          event: 'HIT',
          hash: 'abc',
          duration: 12,
        },
      ],
    });
    return 'taken';
  }),
  readerUploads: await upload(reader, 'other'),
  readerDownloads: await download(reader, 'abc'),
  stranger: [await upload(stranger, 'other'), await download(stranger, 'abc')],
  deletion: await attempt(() => writer.deleteAllArtifacts(team)),
};
console.log(JSON.stringify(seen));
