import type { S3Options } from './s3-options.ts';
import { s3Schema } from './s3-schema.ts';

it('fills in what does not come from elsewhere', () => {
  expect(s3Schema.parse({ bucket: 'larder' })).toEqual({
    bucket: 'larder',
    prefix: '',
    forcePathStyle: false,
    redirectDownloads: false,
  });
});

it('names the bucket in the path of a service that is not AWS, unless it is told otherwise', () => {
  const options = { bucket: 'larder', endpoint: 'http://minio:9000' };
  expect(s3Schema.parse(options).forcePathStyle).toBe(true);
  expect(s3Schema.parse({ ...options, forcePathStyle: false }).forcePathStyle).toBe(false);
});

it('takes everything that there is', () => {
  const options: S3Options = {
    bucket: 'acme.build-cache_2',
    prefix: 'larder/team-a/',
    region: 'eu-central-1',
    endpoint: 'https://s3.example.com/path',
    forcePathStyle: false,
    serverSideEncryption: 'aws:kms',
    kmsKeyId: 'arn:aws:kms:eu-central-1:111122223333:key/1234',
    storageClass: 'STANDARD_IA',
    redirectDownloads: true,
  };
  expect(s3Schema.parse(options)).toEqual(options);
});

it.each<[string, unknown, string]>([
  ['no object', 'larder', 'must be an object'],
  ['no bucket', {}, 'must be text'],
  ['an empty bucket', { bucket: '' }, 'must be the name of a bucket, such as larder-cache'],
  [
    'a path for a bucket',
    { bucket: 'larder/a' },
    'must be the name of a bucket, such as larder-cache',
  ],
  [
    'a slash in front',
    { prefix: '/larder/' },
    'must be a path such as larder/, without a slash in front',
  ],
  [
    'an empty part',
    { prefix: 'a//b/' },
    'must be a path such as larder/, without a slash in front',
  ],
  ['a way up', { prefix: 'a/../' }, 'must be a path such as larder/, without a slash in front'],
  ['a long prefix', { prefix: 'a'.repeat(513) }, 'must be at most 512 characters long'],
  ['no address', { endpoint: 'minio:9000' }, 'must be an address that starts with https://'],
  [
    'credentials in the address',
    { endpoint: 'https://a:b@minio' },
    'must not contain a user name, password, query or fragment',
  ],
  [
    'an encryption of no service',
    { serverSideEncryption: 'aes' },
    'must be one of AES256, aws:kms, aws:kms:dsse',
  ],
  [
    'a key for nothing',
    { kmsKeyId: 'a' },
    'needs serverSideEncryption to be aws:kms or aws:kms:dsse',
  ],
  [
    'a key for another encryption',
    { kmsKeyId: 'a', serverSideEncryption: 'AES256' },
    'needs serverSideEncryption to be aws:kms or aws:kms:dsse',
  ],
  [
    'a class of no service',
    { storageClass: 'cold' },
    'must be a storage class such as STANDARD_IA',
  ],
  ['a word for a switch', { redirectDownloads: 'yes' }, 'must be true or false'],
])('refuses %s', (_what, options, message) => {
  const given =
    typeof options === 'object' && !('bucket' in options!) && Object.keys(options!).length > 0
      ? { bucket: 'larder', ...options }
      : options;
  const { error } = s3Schema.safeParse(given);
  expect(error?.issues.map((issue) => issue.message)).toEqual([message]);
});

it('refuses unknown keys, such as credentials', () => {
  const { error } = s3Schema.safeParse({ bucket: 'larder', accessKeyId: 'a' });
  expect(error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['accessKeyId'] }]);
});
