import { latin1 } from './hostile-request.fixture.ts';

export interface ParsedAnswer {
  readonly status: number;
  /** By lower-case name; of two of the same name the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface ParsedAnswers {
  readonly answers: readonly ParsedAnswer[];
  /** What follows the last whole answer. */
  readonly rest: Buffer;
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [ -~]*$/;

/** Takes what a server has sent apart, more strictly than any client would. Interim answers are left out. */
export function parseAnswers(bytes: Buffer, options: { isHead?: boolean } = {}): ParsedAnswers {
  const answers: ParsedAnswer[] = [];
  let rest = bytes;
  for (;;) {
    const parsed = parseAnswer(rest, options);
    if (parsed === null) return { answers, rest };
    if (parsed.answer.status >= 200) answers.push(parsed.answer);
    rest = parsed.rest;
  }
}

function parseAnswer(
  bytes: Buffer,
  { isHead = false }: { isHead?: boolean },
): { answer: ParsedAnswer; rest: Buffer } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(STATUS_LINE.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) return null;
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
    }),
  );
  const after = bytes.subarray(end + 4);
  const hasBody = !isHead && status >= 200 && status !== 204;
  const body = hasBody ? bodyOf(after, headers) : { body: latin1(''), rest: after };
  return body === null ? null : { answer: { status, headers, body: body.body }, rest: body.rest };
}

function bodyOf(
  bytes: Buffer,
  headers: ReadonlyMap<string, string>,
): { body: Buffer; rest: Buffer } | null {
  if (headers.get('transfer-encoding') === 'chunked') {
    // Only Node's own refusals are chunked, and they are empty.
    const empty = latin1('0\r\n\r\n');
    if (!bytes.subarray(0, empty.length).equals(empty)) return null;
    return { body: latin1(''), rest: bytes.subarray(empty.length) };
  }
  const length = headers.get('content-length');
  if (length === undefined || !/^\d+$/.test(length) || bytes.length < Number(length)) return null;
  return { body: bytes.subarray(0, Number(length)), rest: bytes.subarray(Number(length)) };
}
