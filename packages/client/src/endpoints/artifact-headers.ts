import { type ArtifactMetadata, type PutOptions } from '../artifacts-client.ts';
import { type ClientEnvironment } from '../client-options.ts';
import { createClientError } from '../errors/client-errors.ts';
import {
  type AnswerHeaders,
  assertNotEncoded,
  headerValue,
  type HttpAnswer,
} from '../transport/http-answer.ts';

// The x-artifact-* headers of Vercel's artifacts API and their limits,
// https://vercel.com/docs/rest-api/artifacts

const MAX_TAG_LENGTH = 600;
const MAX_REVISION_LENGTH = 200;

/** What every request about one artifact says about its sender. */
export function senderHeaders(environment: Required<ClientEnvironment>): Record<string, string> {
  return {
    ...(environment.clientCi !== null && { 'x-artifact-client-ci': environment.clientCi }),
    'x-artifact-client-interactive': environment.isInteractive ? '1' : '0',
  };
}

/** What an upload says about the artifact; throws `LARDER_REQUEST_OPTION_INVALID`. */
export function metadataHeaders(
  options: Pick<PutOptions, 'durationMs' | 'sha' | 'dirtyHash' | 'tag'>,
): Record<string, string> {
  const { durationMs, tag, sha, dirtyHash } = options;
  return {
    ...(durationMs !== undefined && { 'x-artifact-duration': String(roundDuration(durationMs)) }),
    ...(tag !== undefined && { 'x-artifact-tag': checkText('tag', tag, MAX_TAG_LENGTH) }),
    ...(sha !== undefined && { 'x-artifact-sha': checkText('sha', sha, MAX_REVISION_LENGTH) }),
    ...(dirtyHash !== undefined && {
      'x-artifact-dirty-hash': checkText('dirtyHash', dirtyHash, MAX_REVISION_LENGTH),
    }),
  };
}

/** Reads the head of a hit. What is absent or makes no sense is as if it were not known. */
export function readMetadata(headers: AnswerHeaders): ArtifactMetadata {
  return {
    sizeBytes: parseWholeNumber(headerValue(headers, 'content-length')),
    durationMs: parseDuration(headerValue(headers, 'x-artifact-duration')),
    tag: headerValue(headers, 'x-artifact-tag'),
    sha: headerValue(headers, 'x-artifact-sha'),
    dirtyHash: headerValue(headers, 'x-artifact-dirty-hash'),
  };
}

/** Throws `LARDER_HTTP_ANSWER_MALFORMED` when the end or the bytes of a content cannot be trusted. */
export function assertPlainContent(answer: HttpAnswer): void {
  assertNotEncoded(answer);
  const { description, headers } = answer;
  const isDelimited =
    headerValue(headers, 'content-length') !== null ||
    headerValue(headers, 'transfer-encoding') !== null;
  if (!isDelimited) {
    // It would end where the connection ends, be it complete or not.
    throw createClientError(
      'LARDER_HTTP_ANSWER_MALFORMED',
      `${description} was answered with a content of unknown length`,
    );
  }
}

/** Whole milliseconds; throws `LARDER_REQUEST_OPTION_INVALID` below zero and beyond all numbers. */
export function roundDuration(durationMs: number): number {
  const rounded = Math.round(durationMs);
  if (!Number.isSafeInteger(rounded) || rounded < 0) {
    throw createClientError(
      'LARDER_REQUEST_OPTION_INVALID',
      `The durationMs ${durationMs} is not a number of milliseconds from zero up`,
    );
  }
  return rounded;
}

function checkText(name: string, value: string, maxLength: number): string {
  if (value.length > maxLength || !/^[\x21-\x7e]+$/.test(value)) {
    throw createClientError(
      'LARDER_REQUEST_OPTION_INVALID',
      `The ${name} is not of 1 to ${maxLength} printable ASCII characters without blanks`,
    );
  }
  return value;
}

function parseWholeNumber(value: string | null): number | null {
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

function parseDuration(value: string | null): number {
  const ms = Math.round(Number(value ?? 0));
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : 0;
}
