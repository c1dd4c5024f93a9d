import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Bucket } from './bucket.ts';

/** Time enough to begin a download; one that has begun goes on. */
const LIFETIME_S = 300;

/** An address that lets whoever has it download an object. Nobody is asked for it. */
export function linkToObject(bucket: Bucket, key: string): Promise<string> {
  const download = new GetObjectCommand({
    ...bucket.at(key),
    ResponseContentType: 'application/octet-stream',
  });
  return bucket.lookUp((client) => getSignedUrl(client, download, { expiresIn: LIFETIME_S }));
}
