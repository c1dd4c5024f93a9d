import { type ArtifactMetadata, type RequestOptions } from '../artifacts-client.ts';
import { type Operation } from '../operations.ts';
import { discard, type HttpAnswer } from '../transport/http-answer.ts';
import { artifactPath } from './artifact-hash.ts';
import { readMetadata, senderHeaders } from './artifact-headers.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { DEFAULT_READ_RETRIES, resolveRetries } from './retries.ts';

export interface ReadArtifactCall<T> {
  method: 'GET' | 'HEAD';
  hash: string;
  options: RequestOptions;
  /** Makes the result of a hit, and must read or destroy its body, or hand it on. */
  onHit: (answer: HttpAnswer, metadata: ArtifactMetadata) => Promise<T>;
}

/** What GET and HEAD of one artifact have in common: 200 is a hit, 404 a miss. */
export function readArtifact<T>(
  context: EndpointContext,
  operation: Operation,
  { method, hash, options, onHit }: ReadArtifactCall<T>,
): Promise<T | null> {
  return context.transport.call<T | null>({
    method,
    path: artifactPath(hash),
    access: 'read',
    mayBeLinked: method === 'GET',
    mayPreflight: true,
    headers: senderHeaders(context.environment),
    retries: resolveRetries(options.retries, DEFAULT_READ_RETRIES),
    signal: operation.signal,
    isExpected: (status) => status === 200 || status === 404,
    async handle(answer) {
      if (answer.status === 200) return onHit(answer, readMetadata(answer.headers));
      await discard(answer.body);
      return null;
    },
  });
}
