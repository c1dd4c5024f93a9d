import { type ArtifactBody } from '../artifacts-client.ts';
import { bufferBody } from '../artifact-body/buffer-body.ts';
import { createClientError } from '../errors/client-errors.ts';
import { assertNotEncoded, type HttpAnswer, readText } from '../transport/http-answer.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/** A request's content and what its headers say about it. */
export function jsonContent(value: unknown): {
  body: ArtifactBody;
  headers: Readonly<Record<string, string>>;
} {
  const body = bufferBody(Buffer.from(JSON.stringify(value), 'utf8'));
  return {
    body,
    headers: { 'content-type': 'application/json', 'content-length': String(body.sizeBytes) },
  };
}

/** Reads an answer's JSON; throws `LARDER_HTTP_ANSWER_MALFORMED` when it is none or too large. */
export async function readJson(
  answer: HttpAnswer,
  { maxBytes = MAX_ANSWER_BYTES }: { maxBytes?: number } = {},
): Promise<unknown> {
  assertNotEncoded(answer);
  const text = await readText(answer.body, maxBytes);
  if (text === null) throw createMalformedError(answer, `more than ${maxBytes} bytes`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw createMalformedError(answer, 'something that is not JSON', error);
  }
}

/** For an answer that is JSON but not the expected one; `what` completes "was answered with". */
export function createMalformedError({ description }: HttpAnswer, what: string, cause?: unknown) {
  return createClientError(
    'LARDER_HTTP_ANSWER_MALFORMED',
    `${description} was answered with ${what}`,
    cause,
  );
}
