import { type Readable } from 'node:stream';
import { createClientError } from '../errors/client-errors.ts';

// How much of an explanation is ever read.
const MAX_EXPLANATION_BYTES = 64 * 1024;

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The head of an answer, and its content still to be read. */
export interface HttpAnswer {
  /** Such as `GET https://host/path`: for messages, without query and thus without secrets. */
  description: string;
  status: number;
  headers: AnswerHeaders;
  /** Destroyed with a LarderError when the rest of the answer does not arrive. */
  body: Readable;
}

/** The first value of a header; null when it is absent or empty. */
export function headerValue(headers: AnswerHeaders, name: string): string | null {
  const value = headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first === '' ? null : first;
}

/** Throws `LARDER_HTTP_ANSWER_MALFORMED` when the content is compressed, which nobody asked for. */
export function assertNotEncoded({ description, headers }: HttpAnswer): void {
  const encoding = headerValue(headers, 'content-encoding');
  if (encoding === null || encoding.toLowerCase() === 'identity') return;
  throw createClientError(
    'LARDER_HTTP_ANSWER_MALFORMED',
    `${description} was answered in the encoding ${JSON.stringify(encoding.slice(0, 40))}, identity was asked for`,
  );
}

/**
 * All of a content as text; null when it is larger than `maxBytes`. Rejects with what `body` is
 * destroyed with.
 */
export async function readText(body: Readable, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What a server says about its status; null when that is not small or does not arrive. */
export async function readExplanation(body: Readable): Promise<string | null> {
  try {
    return await readText(body, MAX_EXPLANATION_BYTES);
  } catch {
    // The status has told what matters; an explanation that breaks off is no explanation.
    return null;
  }
}

/** Reads a content that nobody needs, so that its connection can be used again if it is small. */
export async function discard(body: Readable): Promise<void> {
  await readExplanation(body);
}
