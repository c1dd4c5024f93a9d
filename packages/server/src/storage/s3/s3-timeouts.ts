/** How long a bucket is waited for, in milliseconds. */
export interface S3Timeouts {
  connectMs: number;
  /** From the request to the beginning of its answer, for one attempt at whatever sends no artifact. */
  firstByteMs: number;
  /** The same for all attempts together. */
  lookupMs: number;
  /** For all attempts to find out whether the bucket is there. */
  checkMs: number;
  /** While an artifact is downloaded and more of it is waited for. */
  downloadIdleMs: number;
  /** While a part is uploaded, and until it is acknowledged. */
  uploadIdleMs: number;
}

export const S3_TIMEOUTS: S3Timeouts = {
  connectMs: 2_000,
  firstByteMs: 5_000,
  lookupMs: 6_000,
  checkMs: 3_000,
  downloadIdleMs: 5_000,
  uploadIdleMs: 15_000,
};
