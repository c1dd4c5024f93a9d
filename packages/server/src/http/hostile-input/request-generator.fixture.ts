import { badArtifactHeaders, badAuthorization, badHost } from './hostile-headers.fixture.ts';
import { oddArtifactHeaders, oddHeaders } from './hostile-headers.fixture.ts';
import { abandonedDownloads, brokenOff } from './hostile-bodies.fixture.ts';
import { hostileJson, slowUpload, stalledUpload } from './hostile-bodies.fixture.ts';
import { absurdLength, bareLineEnds, chunkedBody, longBody } from './hostile-framing.fixture.ts';
import { pipeline, shortBody, smuggling } from './hostile-framing.fixture.ts';
import { mutation } from './hostile-mutations.fixture.ts';
import type { Family, HostileRequest, Ingredients } from './hostile-request.fixture.ts';
import { badHash, badQuery, encodedHash, oddMethod } from './hostile-targets.fixture.ts';
import { otherProtocol, traversal } from './hostile-targets.fixture.ts';
import { badIdentity } from './hostile-identities.fixture.ts';
import { createRandom } from './random.fixture.ts';

export const FAMILIES = {
  traversal,
  badHash,
  encodedHash,
  badQuery,
  oddMethod,
  otherProtocol,
  smuggling,
  bareLineEnds,
  chunkedBody,
  absurdLength,
  shortBody,
  longBody,
  pipeline,
  badAuthorization,
  badArtifactHeaders,
  oddArtifactHeaders,
  oddHeaders,
  badHost,
  badIdentity,
  hostileJson,
  slowUpload,
  stalledUpload,
  brokenOff,
  abandonedDownloads,
  mutation,
} satisfies Record<string, Family>;

export interface GeneratedRequest extends HostileRequest {
  readonly seed: number;
  readonly family: string;
}

/** Makes the request of a seed, always the same one; neighbouring seeds are of different families. */
export function generateRequest(
  seed: number,
  { authorization, issuer }: Pick<Ingredients, 'authorization' | 'issuer'>,
): GeneratedRequest {
  const families = Object.entries<Family>(FAMILIES);
  const [family, create] = families[seed % families.length] ?? ['traversal', traversal];
  const random = createRandom(seed);
  return { seed, family, ...create({ random, authorization, issuer, hash: `hostile-${seed}` }) };
}
