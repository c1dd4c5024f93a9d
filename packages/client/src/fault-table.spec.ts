import { type ArtifactsClient } from './artifacts-client.ts';
import { type ArtifactsClientOptions } from './client-options.ts';
import { type ClientErrorCode } from './errors/client-errors.ts';
import * as broken from './fixtures/broken-answers.fixture.ts';
import { createDestinations, type Destination } from './fixtures/destinations.fixture.ts';
import { answer, hang, refuse, reset } from './fixtures/scripted-server.fixture.ts';
import {
  catchLarderError,
  chunkedBody,
  createTestBed,
  within,
} from './fixtures/test-bed.fixture.ts';

// What can go wrong on the way: for each fault what the caller gets, how many requests the server
// saw, and how long all of it may take.

const bed = createTestBed();
afterEach(() => bed.cleanUp());
const { scripted, closedPort, unknownName, untrusted, silentHandshake } = createDestinations(bed);

const quick: Partial<ArtifactsClientOptions> = {
  connectTimeoutMs: 200,
  firstByteTimeoutMs: 200,
  stallTimeoutMs: 200,
  // So that what is counted are the retries alone.
  breaker: { failureThreshold: 99, coldFailureThreshold: 99 },
};

// For all attempts together; a single time-out that `quick` does not set would not fit in.
const LIMIT_MS = 5_000;

const calls = {
  download: (client: ArtifactsClient) => bed.download(client),
  upload: (client: ArtifactsClient) => client.put('abc', chunkedBody(['hello']), { tag: 't' }),
  status: (client: ArtifactsClient) => client.status(),
};
type Call = keyof typeof calls;

const once = { download: 1, upload: 1 };
const repeated = { download: 3, upload: 5 };

/** How many requests the calls make that can meet with the fault. */
type Requests = Partial<Record<Call, number>>;

/** The outcome of a call, whose time includes the waits between attempts that take none here. */
async function inTime<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const outcome = await within(limitMs, promise);
  const waitedMs = bed.runtime.sleeps.reduce((sum, ms) => sum + ms, 0);
  expect(performance.now() - startedAt + waitedMs).toBeLessThan(limitMs);
  return outcome;
}

/** A row for each call that a fault is met with. */
function forEachCall<T extends { requests: Requests }>(faults: readonly T[]) {
  return faults.flatMap((fault) =>
    (Object.keys(calls) as Call[]).flatMap((call) => {
      const requests = fault.requests[call];
      return requests === undefined ? [] : [{ ...fault, call, requests }];
    }),
  );
}

/** What, where it is met, the error's code, and how many requests are made. */
type FailureRow = [
  what: string,
  meet: () => Promise<Destination>,
  code: ClientErrorCode,
  requests: Requests,
  options?: { limitMs?: number; says?: RegExp },
];

const throttled = answer(429, { 'retry-after': '3' });
const wrongTag = answer(200, { 'x-artifact-tag': 'sha256-wrong' }, 'hello');
const unpaid = refuse(402, 'payment_required');

const failures: FailureRow[] = [
  ['a refused connection', closedPort, 'LARDER_CONNECT_FAILED', repeated, { says: /ECONNREFUSED/ }],
  [
    'an unknown name',
    unknownName,
    'LARDER_CONNECT_FAILED',
    repeated,
    // Whoever answers for names may need longer than `quick` allows for.
    { limitMs: 30_000, says: /ENOTFOUND|EAI_AGAIN/ },
  ],
  ['an untrusted certificate', untrusted, 'LARDER_CONNECT_TLS_FAILED', once],
  [
    'a silent TLS handshake',
    silentHandshake,
    'LARDER_CONNECT_TIMEOUT',
    repeated,
    // undici measures this time in steps of half a second, and is late by up to two of them.
    { limitMs: 12_000 },
  ],
  ['silence', scripted(hang), 'LARDER_TIMEOUT_FIRST_BYTE', repeated],
  ['a reset before the head', scripted(reset), 'LARDER_CONNECTION_LOST', repeated],
  ['what is not HTTP', scripted(broken.sendGarbage), 'LARDER_HTTP_ANSWER_MALFORMED', once],

  [
    'a reset in the middle of a body',
    scripted(broken.resetBody),
    'LARDER_CONNECTION_LOST',
    { download: 3, status: 3 },
    { says: /after 5 bytes/ },
  ],
  ['a short body', scripted(broken.endBodyTooSoon), 'LARDER_CONNECTION_LOST', { download: 3 }],
  ['a body that stalls', scripted(broken.stallBody), 'LARDER_TIMEOUT_STALL', { download: 3 }],
  ['a wrong tag', scripted(wrongTag), 'LARDER_DIGEST_MISMATCH', { download: 1 }],
  ['gzip', scripted(broken.gzipped('hello')), 'LARDER_HTTP_ANSWER_MALFORMED', { download: 1 }],
  ['gzip', scripted(broken.gzipped('"enabled"')), 'LARDER_HTTP_ANSWER_MALFORMED', { status: 1 }],
  [
    'half of the JSON',
    scripted(answer(200, {}, '{"sta')),
    'LARDER_HTTP_ANSWER_MALFORMED',
    { status: 1 },
  ],
  [
    'HTML',
    scripted(answer(200, {}, '<html></html>')),
    'LARDER_HTTP_ANSWER_MALFORMED',
    { status: 1 },
  ],
  ['an empty answer', scripted(answer(200)), 'LARDER_HTTP_ANSWER_MALFORMED', { status: 1 }],

  ['400', scripted(answer(400)), 'LARDER_HTTP_BAD_REQUEST', once],
  ['402', scripted(unpaid), 'LARDER_ACCESS_PAYMENT_REQUIRED', once],
  ['408', scripted(answer(408)), 'LARDER_HTTP_REQUEST_TIMEOUT', repeated],
  ['409', scripted(answer(409)), 'LARDER_HTTP_UNEXPECTED_STATUS', { download: 1 }],
  ['413', scripted(answer(413)), 'LARDER_HTTP_TOO_LARGE', once],
  ['429', scripted(answer(429)), 'LARDER_HTTP_THROTTLED', repeated],
  [
    '429 with a Retry-After of 3 s',
    scripted(throttled),
    'LARDER_HTTP_THROTTLED',
    repeated,
    { limitMs: 4 * 3_000 + LIMIT_MS },
  ],
  ['500', scripted(answer(500)), 'LARDER_HTTP_SERVER_ERROR', repeated],
  ['501', scripted(answer(501)), 'LARDER_HTTP_UNEXPECTED_STATUS', once],
  ['503', scripted(answer(503)), 'LARDER_HTTP_SERVER_ERROR', repeated],

  [
    'a redirect loop',
    scripted(broken.leadInCircles),
    'LARDER_HTTP_REDIRECT_REFUSED',
    { download: 2 },
  ],
  [
    'redirects without end',
    scripted(broken.leadOn),
    'LARDER_HTTP_REDIRECT_REFUSED',
    { download: 6 },
  ],
];

/** What, where it is met, the content that arrives all the same, and how many requests are made. */
type SurvivalRow = [
  what: string,
  meet: () => Promise<Destination>,
  content: string,
  requests: number,
];

const hello = answer(200, {}, 'hello');

const survivals: SurvivalRow[] = [
  ['503', scripted(answer(503), hello), 'hello', 2],
  ['429', scripted(throttled, hello), 'hello', 2],
  ['silence', scripted(hang, hello), 'hello', 2],
  ['a reset before the head', scripted(reset, hello), 'hello', 2],
  ['a reset in the middle of a body', scripted(broken.resetBody, hello), 'hello', 2],
  ['a body that stalls', scripted(broken.stallBody, hello), 'hello', 2],
  ['a body of 1-byte chunks', scripted(broken.sendByteByByte), 'hello', 1],
  // What follows is nobody's.
  ['a body longer than announced', scripted(broken.sendMoreThanAnnounced), 'hel', 1],
];

describe('a fault', () => {
  it.each(
    forEachCall(
      failures.map(([what, meet, code, requests, options]) => {
        return { what, meet, code, requests, ...options };
      }),
    ),
  )(
    'by $what is $code for the $call (requests: $requests)',
    async ({ meet, code, call, requests, limitMs = LIMIT_MS, says = /./ }) => {
      const destination = await meet();
      const client = bed.createClient(destination, quick);
      const failure = await inTime(limitMs, catchLarderError(calls[call](client)));
      expect(failure.code).toBe(code);
      expect(failure.message).toMatch(says);
      expect(destination.requestCount()).toBe(requests);
    },
  );

  it.each(survivals)('by %s is survived', async (_what, meet, content, requests) => {
    const destination = await meet();
    const client = bed.createClient(destination, quick);
    expect(await inTime(LIMIT_MS, bed.download(client))).toBe(content);
    expect(destination.requestCount()).toBe(requests);
  });

  it('it is not that the answer is at another origin, which does not get the token', async () => {
    const other = await bed.startServer(hello);
    const server = await bed.startServer(answer(307, { location: `${other.url}/away` }));
    const client = bed.createClient(server, quick);
    expect(await inTime(LIMIT_MS, bed.download(client))).toBe('hello');
    expect([server.requests.length, other.requests.length]).toEqual([1, 1]);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer secret-token');
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('by 100 MB for a status costs no more than the beginning of it', async () => {
    let sentBytes = 0;
    const server = await bed.startServer(
      broken.sendBlanks(100_000_000, (bytes) => {
        sentBytes += bytes;
      }),
    );
    const client = bed.createClient(server, quick);
    const failure = await inTime(LIMIT_MS, catchLarderError(client.status()));
    expect(failure.code).toBe('LARDER_HTTP_ANSWER_MALFORMED');
    expect(server.requests).toHaveLength(1);
    expect(sentBytes).toBeLessThan(50_000_000);
  });
});
