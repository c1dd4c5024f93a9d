import { type Readable } from 'node:stream';

// How much of an error or of a JSON answer is ever read.
const MAX_TEXT_BYTES = 64 * 1024;

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

/** All of a small content as text; null when it is not small or does not arrive. */
export async function readText(body: Readable): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > MAX_TEXT_BYTES) return null;
      chunks.push(chunk);
    }
  } catch {
    // The status has told what matters; an explanation that breaks off is no explanation.
    return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads a content that nobody needs, so that its connection can be used again if it is small. */
export async function discard(body: Readable): Promise<void> {
  await readText(body);
}
