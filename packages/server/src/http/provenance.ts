import type { FastifyRequest } from 'fastify';
import type { ArtifactProvenance } from '../storage/artifact-index.ts';
import { principalOf } from './authentication.ts';

/** What is kept of the writer of an artifact. */
export function provenanceOf(request: FastifyRequest): ArtifactProvenance {
  const { label, tokenId, origin } = principalOf(request);
  return {
    writer: label,
    tokenId,
    repository: origin?.repository ?? null,
    ref: origin?.ref ?? null,
    run: origin?.run ?? null,
    address: request.ip,
  };
}
