import { z } from 'zod';

/**
 * A bucket for artifacts, of AWS or of any service that speaks its protocol. Credentials are no option:
 * they come from where AWS's SDK looks for them, which is its variables and files, the identity of a
 * workload and the metadata service of an instance, in this order.
 */
export interface S3Options {
  bucket: string;
  /** In front of the names of all objects, such as `larder/`. Default: nothing. */
  prefix?: string | undefined;
  /** Default: the one that AWS's SDK finds in its variables and files, else `us-east-1`. */
  region?: string | undefined;
  /** Address of a service that is not AWS's. Default: AWS's, or what its SDK finds in its variables. */
  endpoint?: string | undefined;
  /** Whether the bucket is named in the path, not in the host. Default: with `endpoint` only. */
  forcePathStyle?: boolean | undefined;
  /** How the service encrypts objects. Default: as the bucket has it. */
  serverSideEncryption?: S3Encryption | undefined;
  /** The key for that, with `aws:kms` and `aws:kms:dsse`. Default: the one of the account. */
  kmsKeyId?: string | undefined;
  /** Such as `STANDARD_IA`. Default: as the service has it, which is `STANDARD` with AWS. */
  storageClass?: string | undefined;
  /**
   * Whether downloads are sent to the bucket itself, by an address that is good for five minutes; clients
   * must be able to reach it. Default false.
   */
  redirectDownloads?: boolean | undefined;
}

export type S3Encryption = (typeof S3_ENCRYPTIONS)[number];

/** {@link S3Options} with the defaults that do not come from elsewhere filled in. */
export interface ResolvedS3Options extends S3Options {
  prefix: string;
  forcePathStyle: boolean;
  redirectDownloads: boolean;
}

const S3_ENCRYPTIONS = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;

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
