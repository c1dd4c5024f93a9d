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

export type S3Encryption = 'AES256' | 'aws:kms' | 'aws:kms:dsse';

/** {@link S3Options} with the defaults that do not come from elsewhere filled in. */
export interface ResolvedS3Options extends S3Options {
  prefix: string;
  forcePathStyle: boolean;
  redirectDownloads: boolean;
}
