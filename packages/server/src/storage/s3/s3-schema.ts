import { z } from 'zod';
import type { ResolvedS3Options, S3Encryption } from './s3-options.ts';

const S3_ENCRYPTIONS = [
  'AES256',
  'aws:kms',
  'aws:kms:dsse',
] as const satisfies readonly S3Encryption[];

/** Leaves room for what follows it in the 1024 bytes that a name of an object may have. */
const MAX_PREFIX_LENGTH = 512;

const textSchema = z.string('must be text').min(1, 'must not be empty').max(2048, 'is too long');

/** Without an empty part, `.` or `..`, which some services and proxies take for something else. */
const PREFIX_PATTERN = /^(?:(?!\.{1,2}(?:\/|$))[\w!.*'()-]+(?:\/|$))*$/;

export const s3Schema = z
  .strictObject(
    {
      bucket: z
        .string('must be text')
        .regex(/^[\w.-]{3,255}$/, 'must be the name of a bucket, such as larder-cache'),
      prefix: z
        .string('must be text')
        .max(MAX_PREFIX_LENGTH, `must be at most ${MAX_PREFIX_LENGTH} characters long`)
        .regex(PREFIX_PATTERN, 'must be a path such as larder/, without a slash in front')
        .default(''),
      region: textSchema.optional(),
      endpoint: z.string('must be text').superRefine(checkEndpoint).optional(),
      forcePathStyle: z.boolean('must be true or false').optional(),
      serverSideEncryption: z
        .enum(S3_ENCRYPTIONS, `must be one of ${S3_ENCRYPTIONS.join(', ')}`)
        .optional(),
      kmsKeyId: textSchema.optional(),
      storageClass: z
        .string('must be text')
        .regex(/^[A-Z][A-Z_]*$/, 'must be a storage class such as STANDARD_IA')
        .optional(),
      redirectDownloads: z.boolean('must be true or false').default(false),
    },
    'must be an object',
  )
  .superRefine(({ kmsKeyId, serverSideEncryption }, context) => {
    if (kmsKeyId === undefined || serverSideEncryption?.startsWith('aws:kms') === true) return;
    const message = 'needs serverSideEncryption to be aws:kms or aws:kms:dsse';
    context.addIssue({ code: 'custom', path: ['kmsKeyId'], message });
  })
  .transform((options): ResolvedS3Options => ({
    ...options,
    forcePathStyle: options.forcePathStyle ?? options.endpoint !== undefined,
  }));

function checkEndpoint(text: string, context: z.RefinementCtx): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    context.addIssue({ code: 'custom', message: 'must be an address that starts with https://' });
    return;
  }
  if (url.username === '' && url.password === '' && url.search === '' && url.hash === '') return;
  const message = 'must not contain a user name, password, query or fragment';
  context.addIssue({ code: 'custom', message });
}
