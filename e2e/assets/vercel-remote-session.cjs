// What a program does with @vercel/remote, told as JSON. Its client has a fixed address; the requests
// that it is made of take one.
const { ArtifactExistsRequest, ArtifactGetRequest, ArtifactPutRequest } = require('@vercel/remote');

const { URL: base, WRITER, READER } = process.env;
const body = Buffer.from('from @vercel/remote \0\r\n'.repeat(1000));

const request = (Type, token, hash, options = {}) =>
  new Type(token, `${base}/api/v8/artifacts/${hash}?teamId=team_remote`, 'e2e', options);

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    return { error: JSON.parse(error.message).error.code };
  }
}

async function main() {
  const exists = (hash, token = WRITER) =>
    attempt(() => request(ArtifactExistsRequest, token, hash).send());
  const get = (hash, token = WRITER) =>
    attempt(async () => {
      const bytes = await request(ArtifactGetRequest, token, hash).buffer();
      return bytes.equals(body);
    });
  const put = (hash, token = WRITER, bytes = body) =>
    attempt(async () => {
      const artifact = request(ArtifactPutRequest, token, hash, { duration: 12, tag: 'a-tag' });
      await artifact.buffer(bytes);
      return artifact.response.status;
    });

  return {
    before: [await exists('abc.tar.gz'), await get('abc.tar.gz')],
    put: await put('abc.tar.gz'),
    duplicate: await put('abc.tar.gz', WRITER, Buffer.from('another body')),
    after: [await exists('abc.tar.gz'), await get('abc.tar.gz')],
    readerPuts: await put('other', READER),
    readerGets: await get('abc.tar.gz', READER),
    stranger: [await put('other', 'unknown'), await get('abc', 'unknown')],
    badHash: await put('a..b', WRITER),
  };
}

main().then((seen) => console.log(JSON.stringify(seen)));
