// The `x-artifact-*` headers of Vercel's artifacts API (v8), in both directions.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { LarderError } from '../errors/larder-error.ts';
import type { ArtifactMetadata, ArtifactRecord } from '../storage/artifact-index.ts';

const MAX_TAG_LENGTH = 600;
const MAX_CLIENT_CI_LENGTH = 50;
const MAX_GIT_HASH_LENGTH = 256;

/**
 * Reads what a client says of an artifact that it uploads.
 *
 * @throws LarderError `LARDER_SERVER_REQUEST_INVALID` for a header beyond its documented limit.
 */
export function parseArtifactHeaders(headers: IncomingHttpHeaders): ArtifactMetadata {
  return {
    durationMs: parseDuration(headers['x-artifact-duration']),
    tag: textHeader(headers, 'x-artifact-tag', MAX_TAG_LENGTH),
    sha: textHeader(headers, 'x-artifact-sha', MAX_GIT_HASH_LENGTH),
    dirtyHash: textHeader(headers, 'x-artifact-dirty-hash', MAX_GIT_HASH_LENGTH),
    clientCi: textHeader(headers, 'x-artifact-client-ci', MAX_CLIENT_CI_LENGTH),
    isClientInteractive: parseInteractive(textHeader(headers, 'x-artifact-client-interactive', 1)),
  };
}

/**
 * The headers that GET and HEAD answer with; what is unknown is left out.
 *
 * @param accept - The request's `Accept` header.
 */
export function formatArtifactHeaders(
  record: ArtifactRecord,
  accept: string | undefined,
): Record<string, string> {
  return {
    'content-type': isJsonOnly(accept) ? 'application/json' : 'application/octet-stream',
    'content-length': String(record.sizeBytes),
    ...formatMetadataHeaders(record),
  };
}

/** What clients have said of an artifact. */
export function formatMetadataHeaders(record: ArtifactRecord): Record<string, string> {
  const headers: Record<string, string> = {};
  if (record.durationMs !== null) headers['x-artifact-duration'] = String(record.durationMs);
  if (record.tag !== null) headers['x-artifact-tag'] = record.tag;
  if (record.sha !== null) headers['x-artifact-sha'] = record.sha;
  if (record.dirtyHash !== null) headers['x-artifact-dirty-hash'] = record.dirtyHash;
  return headers;
}

/**
 * Whether a client keeps what a redirect says of an artifact, and falls back when it leads nowhere. That
 * is Larder's own: Turborepo takes the headers of the last answer, and an artifact without its tag for one
 * that nobody has signed.
 */
export function followsLinks({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['x-larder-links'] === 'follow';
}

/**
 * `@vercel/sdk` asks for JSON when it downloads an artifact, and takes nothing else for one: Vercel's
 * description of the API has it so.
 */
function isJsonOnly(accept: string | undefined): boolean {
  return accept !== undefined && /^\s*application\/json\s*(;[^,]*)?$/i.test(accept);
}

/**
 * Turborepo takes an artifact with any other duration than a plain whole number for a miss, so
 * fractions are rounded and everything else is as good as absent.
 */
function parseDuration(value: string | string[] | undefined): number | null {
  if (typeof value !== 'string' || !/^\d+(\.\d+)?$/.test(value)) return null;
  const durationMs = Math.round(Number(value));
  return Number.isSafeInteger(durationMs) ? durationMs : null;
}

function parseInteractive(value: string | null): boolean | null {
  if (value === null) return null;
  if (value === '0' || value === '1') return value === '1';
  throw invalidHeader('x-artifact-client-interactive', 'must be 0 or 1');
}

function textHeader(headers: IncomingHttpHeaders, name: string, maxLength: number): string | null {
  const value = headers[name];
  if (value === undefined || value === '') return null;
  if (typeof value === 'string' && value.length <= maxLength) return value;
  throw invalidHeader(name, `must have at most ${maxLength} characters`);
}

function invalidHeader(name: string, problem: string): LarderError {
  return new LarderError('LARDER_SERVER_REQUEST_INVALID', `The header ${name} ${problem}.`, {
    hint: `Correct the header ${name} or leave it out.`,
  });
}
