import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { catchLarderError } from '../fixtures/test-bed.fixture.ts';
import { createArtifactTag, createArtifactTagger } from './create-artifact-tag.ts';
import { verifyArtifactTag } from './verify-artifact-tag.ts';

interface Vector {
  key: string;
  teamId: string;
  hash: string;
  bodyFile: string;
  tag: string;
}

const folder = join(__dirname, 'vectors');
const vectors = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const vector = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Vector;
    return { name, ...vector, body: readFileSync(join(folder, vector.bodyFile)) };
  });

const key = '0123456789abcdef0123456789abcdef';
const hello = {
  hash: '0123456789abcdef',
  teamId: 'team_x',
  signatureKey: key,
  sizeBytes: 5,
};

function chunksOf(body: string | Buffer, size: number): Readable {
  const bytes = Buffer.from(body);
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    chunks.push(bytes.subarray(start, start + size));
  }
  return Readable.from(chunks);
}

function tagV1(body: string, teamId: string): string {
  return createHmac('sha256', key).update(`${hello.hash}${teamId}${body}`).digest('base64');
}

describe('the tag of an artifact', () => {
  it('has vectors to be compared with', () => {
    expect(vectors.map(({ name }) => name).sort()).toEqual(['none.json', 'team_x.json']);
  });

  describe.each(vectors)('of turbo 2.11.11 in $name', ({ body, tag, ...vector }) => {
    const options = {
      hash: vector.hash,
      teamId: vector.teamId,
      signatureKey: vector.key,
      sizeBytes: body.length,
    };

    it.each([1, 7, 100_000])('is the same when fed %i bytes at a time', async (size) => {
      await expect(createArtifactTag(chunksOf(body, size), options)).resolves.toBe(tag);
      await expect(verifyArtifactTag(chunksOf(body, size), tag, options)).resolves.toBeUndefined();
    });
  });

  it('separates its parts by their lengths', async () => {
    await expect(createArtifactTag(chunksOf('hello', 5), hello)).resolves.toBe(
      'YWt7SdNDOWSw07UOFaDJ9upbyDIwLwuQYNoFMsSxuPY=',
    );
  });

  it('is a digest without a key', async () => {
    const digest = createHash('sha256').update('hello').digest('base64');
    await expect(
      createArtifactTag(chunksOf('hello', 2), { hash: 'h', sizeBytes: 5 }),
    ).resolves.toBe(`sha256-${digest}`);
  });

  it('is refused for a content of another length than announced', async () => {
    const error = await catchLarderError(
      createArtifactTag(chunksOf('hell', 2), { hash: 'h', sizeBytes: 5 }),
    );
    expect(error.code).toBe('LARDER_BODY_LENGTH_MISMATCH');
  });

  it('can be made while the content passes by', () => {
    const tagger = createArtifactTagger(hello);
    tagger.update(Buffer.from('hel'));
    tagger.update(Buffer.from('lo'));
    expect(tagger.digest()).toBe('YWt7SdNDOWSw07UOFaDJ9upbyDIwLwuQYNoFMsSxuPY=');
  });
});

describe('verification with a key', () => {
  it('accepts a signature v1', async () => {
    const tag = tagV1('hello', 'team_x');
    await expect(verifyArtifactTag(chunksOf('hello', 1), tag, hello)).resolves.toBeUndefined();
  });

  it.each([
    ['another content', 'hellO', hello],
    ['another team', 'hello', { ...hello, teamId: 'team_y' }],
    ['another hash', 'hello', { ...hello, hash: '0123456789abcdee' }],
    ['another key', 'hello', { ...hello, signatureKey: `${key}0` }],
  ])('refuses the signatures of %s', async (_what, body, options) => {
    const right = await createArtifactTag(chunksOf('hello', 5), hello);
    for (const tag of [right, tagV1('hello', 'team_x')]) {
      const error = await catchLarderError(verifyArtifactTag(chunksOf(body, 1), tag, options));
      expect(error.code).toBe('LARDER_SIGNATURE_MISMATCH');
    }
  });

  it('takes neither no tag nor a digest for a signature', async () => {
    const digest = await createArtifactTag(chunksOf('hello', 5), { hash: 'h', sizeBytes: 5 });
    for (const tag of [null, digest]) {
      const error = await catchLarderError(verifyArtifactTag(chunksOf('hello', 1), tag, hello));
      expect(error.code).toBe('LARDER_SIGNATURE_MISSING');
    }
  });

  it('refuses a tag of another length', async () => {
    const error = await catchLarderError(verifyArtifactTag(chunksOf('hello', 1), 'x', hello));
    expect(error.code).toBe('LARDER_SIGNATURE_MISMATCH');
  });
});

describe('verification without a key', () => {
  const unsigned = { hash: 'h', sizeBytes: 5 };

  it('refuses a wrong digest', async () => {
    const tag = await createArtifactTag(chunksOf('hello', 5), unsigned);
    const error = await catchLarderError(verifyArtifactTag(chunksOf('jello', 1), tag, unsigned));
    expect(error.code).toBe('LARDER_DIGEST_MISMATCH');
  });

  it.each([null, 'opaque', 'YWt7SdNDOWSw07UOFaDJ9upbyDIwLwuQYNoFMsSxuPY='])(
    'accepts the tag %p, which it cannot read',
    async (tag) => {
      await expect(verifyArtifactTag(chunksOf('hello', 1), tag, unsigned)).resolves.toBeUndefined();
    },
  );
});
