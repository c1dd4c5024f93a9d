// Where a request ends: shapes that two readers could take for different ones, lengths, chunks.
import { type Family, headOf, latin1, PLANTED } from './hostile-request.fixture.ts';

const CHUNKED = 'Transfer-Encoding: chunked';

/** Header lines of a body whose end is not clear, or that only careless readers accept. */
const AMBIGUOUS = [
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 6\r\nContent-Length: 5',
  'Content-Length: 5\r\nContent-Length: 5',
  'Content-Length: 5, 5',
  'Content-Length: 5 6',
  'Content-Length:',
  'Content-Length: 5\0',
  `Content-Length: 5\r\n${CHUNKED}`,
  `${CHUNKED}\r\nContent-Length: 5`,
  `${CHUNKED}\r\n${CHUNKED}`,
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
  'Transfer-Encoding : chunked',
  'Content-Length : 5',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding:\r\n chunked',
  'Content-Length:\r\n\t5',
  'Content-Length: 1\r\n 0',
  'X: y\r\n folded\r\nContent-Length: 5',
  'X: y\nContent-Length: 5',
  'X: y\rContent-Length: 5',
  'X: y\r\n\rContent-Length: 5',
  'X\0: y\r\nContent-Length: 5',
  ': y\r\nContent-Length: 5',
  'no colon\r\nContent-Length: 5',
];

/** The second request of each is what a front end would not have seen. */
export const smuggling: Family = ({ random, authorization }) => {
  const smuggled = headOf({
    method: 'PUT',
    target: `/v8/artifacts/${PLANTED}`,
    lines: [authorization, 'Content-Length: 7'],
  });
  const body = random.pick(['hello', '0\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n', '']);
  const lines = [random.pick(AMBIGUOUS), authorization];
  if (random.isOne(2)) lines.reverse();
  const target = random.pick(['/v8/artifacts/outer', '/v1/cache/123', '/v8/artifacts']);
  const method = target === '/v8/artifacts' ? 'POST' : 'PUT';
  return {
    pieces: [headOf({ method, target, lines }), latin1(body), smuggled, latin1('planted')],
    ending: 'hang-up',
    statuses: [400],
  };
};

/** Line ends that are none anywhere in the head. */
export const bareLineEnds: Family = ({ random, authorization }) => {
  const lines = ['PUT /v8/artifacts/outer HTTP/1.1', 'Host: x', authorization, 'Content-Length: 0'];
  const ends = lines.map(() => (random.isOne(2) ? '\r\n' : random.pick(['\n', '\r'])));
  ends[random.integer(0, ends.length - 1)] = random.pick(['\n', '\r']);
  const head = lines.map((line, index) => line + (ends[index] ?? '')).join('');
  return { pieces: [latin1(`${head}\r\n`)], ending: 'quiet', statuses: [400] };
};

const CHUNKS = [
  '5\r\nhello\r\n0\r\n\r\n',
  '5;a=b;c="d;e"\r\nhello\r\n0;last\r\n\r\n',
  '5\r\nhello\r\n0\r\nX-Trailer: y\r\n\r\n',
  '0005\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello and more\r\n0\r\n\r\n',
  '-5\r\nhello\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n',
  '5 \r\nhello\r\n0\r\n\r\n',
  '5\nhello\n0\n\n',
  '5;a\nhello\r\n0\r\n\r\n',
  'fffffffffffffffff\r\nhello\r\n0\r\n\r\n',
  'zz\r\nhello\r\n0\r\n\r\n',
  '\r\n\r\n',
  '0\r\nContent-Length: 5\r\n\r\n',
];

/** An upload must say its length; queries may come in chunks. */
export const chunkedBody: Family = ({ random, authorization, hash }) => {
  const isUpload = random.isOne(2);
  const extension = `5;${'x'.repeat(random.integer(1, 40_000))}\r\nhello\r\n0\r\n\r\n`;
  const chunks = random.isOne(8) ? extension : random.pick(CHUNKS);
  const target = isUpload
    ? random.pick([`/v8/artifacts/${hash}`, '/v1/cache/123'])
    : '/v8/artifacts';
  const lines = [authorization, random.pick([CHUNKED, 'Transfer-Encoding: gzip, chunked'])];
  return {
    pieces: [headOf({ method: isUpload ? 'PUT' : 'POST', target, lines }), latin1(chunks)],
    ending: 'answers',
    statuses: isUpload ? [400, 411, 413] : [400, 413],
  };
};

const NO_LENGTHS = ['-1', '-0', '+5', '1.5', '1e3', '0x10', 'five', '١', '5;5', '5\t5', 'NaN', '∞'];
const TOO_LONG = ['5000001', '9007199254740993', '9223372036854775807', '18446744073709551615'];

export const absurdLength: Family = ({ random, authorization, hash }) => {
  const isTooLong = random.isOne(2);
  const length = isTooLong
    ? random.pick([...TOO_LONG, '9'.repeat(random.integer(20, 400))])
    : random.pick(NO_LENGTHS);
  const isNx = random.isOne(2);
  const target = isNx ? '/v1/cache/123' : `/v8/artifacts/${hash}`;
  const lines = [authorization, `Content-Length: ${length}`];
  return {
    pieces: [headOf({ method: 'PUT', target, lines }), random.bytes(random.integer(0, 100))],
    ending: 'answers',
    statuses: isTooLong ? [400, isNx ? 403 : 413] : [400],
  };
};

/** Fewer bytes than announced, and then no more. */
export const shortBody: Family = ({ random, authorization, hash }) => {
  const target = random.pick([`/v8/artifacts/${hash}`, `/v1/cache/${hash}`, '/v8/artifacts']);
  const length = random.integer(2, 100_000);
  const lines = [authorization, `Content-Length: ${length}`];
  const body = random.bytes(random.integer(0, Math.min(length - 1, 5_000)));
  const method = target === '/v8/artifacts' ? 'POST' : 'PUT';
  // On a busy machine its end may come later than the server waits for more.
  const statuses = [400, 408];
  return { pieces: [headOf({ method, target, lines }), body], ending: 'quiet', statuses };
};

/** More bytes than announced: what follows is a request of its own, and none. */
export const longBody: Family = ({ random, authorization }) => {
  const lines = [authorization, 'Content-Length: 5'];
  const head = headOf({ method: 'PUT', target: '/v8/artifacts/never-stored', lines });
  const rest = latin1(`hello${random.pick([' and more', '\0', 'hello'.repeat(1_000), '{"a":1}'])}`);
  return { pieces: [Buffer.concat([head, rest])], ending: 'hang-up', statuses: [400] };
};

/** Many requests before the first answer. */
export const pipeline: Family = ({ random, authorization, hash }) => {
  const body = random.bytes(random.integer(0, 3_000));
  const store = Buffer.concat([
    headOf({
      method: 'PUT',
      target: `/v8/artifacts/${hash}?slug=pipeline`,
      lines: [authorization, `Content-Length: ${body.length}`],
    }),
    body,
  ]);
  const others = random.list(random.integer(1, 40), () =>
    random.pick([
      () => headOf({ target: '/v8/artifacts/status', lines: [authorization] }),
      () => headOf({ target: '/v8/artifacts/never-stored', lines: [authorization] }),
      () => headOf({ target: '/v8/artifacts/status', lines: ['Authorization: Bearer no'] }),
      () => headOf({ target: '/nowhere' }),
      () => headOf({ method: 'PUT', target: '/v1/cache/1', lines: ['Content-Length: 0'] }),
    ])(),
  );
  return {
    pieces: [Buffer.concat([store, ...others])],
    ending: 'answers',
    answers: 1 + others.length,
    statuses: [200, 202, 401, 404],
    stores: { path: `/v8/artifacts/${hash}?slug=pipeline`, body },
  };
};
