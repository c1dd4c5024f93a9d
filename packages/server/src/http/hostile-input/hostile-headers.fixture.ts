// Headers: who one claims to be, what an artifact claims to be, and everything else.
import { type Family, headOf, latin1, PREFIXES } from './hostile-request.fixture.ts';

/** `right` stands for the token that is. */
const BAD_AUTHORIZATIONS = [
  '',
  'right',
  'Bearer',
  'Bearer ',
  'Bearerright',
  'Bearer\u00a0right',
  'Bearer right x',
  'Bearer right,',
  'Bearer "right"',
  'Basic right',
  'Bearer ri%67ht',
  'Bearer ÿþ',
  'Digest username="x"',
  'Bearer Bearer right',
  'Token right',
  'Bearer __proto__',
];

export const badAuthorization: Family = ({ random, authorization, hash }) => {
  const token = authorization.split(' ').at(-1) ?? '';
  const value = random.isOne(6)
    ? `Bearer ${'x'.repeat(random.integer(1_000, 15_000))}`
    : random.isOne(6)
      ? `Bearer${' '.repeat(random.integer(1_000, 15_000))}`
      : random.pick(BAD_AUTHORIZATIONS).replaceAll('right', token);
  const lines = [`Authorization: ${value}`];
  // Of two headers Node takes the first.
  if (random.isOne(4)) lines.push(authorization);
  const [method, target] = random.pick([
    ['GET', `${random.pick(PREFIXES)}/${hash}`],
    ['PUT', `${random.pick(PREFIXES)}/${hash}`],
    ['POST', '/v8/artifacts'],
    ['POST', '/v8/artifacts/events'],
    ['DELETE', '/v8/artifacts'],
    ['GET', '/v8/artifacts/status'],
  ] as const);
  const body = method === 'GET' ? '' : '{"hashes":[]}';
  return {
    pieces: [
      headOf({ method, target, lines: [...lines, `Content-Length: ${body.length}`] }),
      latin1(body),
    ],
    ending: 'answers',
    statuses: [401],
  };
};

export const badArtifactHeaders: Family = ({ random, authorization, hash }) => {
  const [name, value] = random.pick([
    ['x-artifact-tag', 'A'.repeat(random.integer(601, 9_000))],
    ['x-artifact-sha', 'a'.repeat(random.integer(257, 9_000))],
    ['x-artifact-dirty-hash', 'ÿ'.repeat(random.integer(257, 9_000))],
    ['x-artifact-client-ci', 'C'.repeat(random.integer(51, 9_000))],
    ['x-artifact-client-interactive', random.pick(['2', '-1', 'yes', '01', '1, 1', '{}'])],
  ] as const);
  const lines = [authorization, 'Content-Length: 1', `${name}: ${value}`];
  return {
    pieces: [headOf({ method: 'PUT', target: `/v8/artifacts/${hash}`, lines }), latin1('x')],
    ending: 'answers',
    statuses: [400],
  };
};

/** Strange, but nothing that the server may refuse. */
export const oddArtifactHeaders: Family = ({ random, authorization, hash }) => {
  const body = random.bytes(random.integer(0, 500));
  const duration = random.pick([
    '9007199254740991',
    '99999999999999999999',
    '-1',
    '1e9',
    'NaN',
    '',
  ]);
  const tag = random.pick(['ÿ'.repeat(600), '"quoted"', 'a\tb', '%0d%0aX: y', '', '__proto__']);
  const target = `/v8/artifacts/${hash}?slug=${random.pick(['odd', 'constructor', '文'])}`;
  const encoded = encodeURI(target);
  const lines = [
    authorization,
    `Content-Length: ${body.length}`,
    `x-artifact-duration: ${duration}`,
    `x-artifact-tag: ${tag}`,
    `x-artifact-tag: `,
    'x-artifact-client-interactive: 1',
  ];
  return {
    pieces: [headOf({ method: 'PUT', target: encoded, lines: lines.slice(0, 4) }), body],
    ending: 'answers',
    statuses: [202],
    stores: { path: encoded, body },
  };
};

const ODD_HEADERS = [
  'Host: y',
  'Expect: 100-continue',
  'Expect: a miracle',
  'Upgrade: websocket\r\nConnection: upgrade',
  'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
  'Range: bytes=0-0,-1,5-',
  'If-None-Match: *',
  'If-Modified-Since: yesterday',
  'Connection: keep-alive, close, x',
  'Keep-Alive: timeout=-1, max=0',
  'Content-Type: ÿ/ÿ; ===',
  'Content-Type: application/json; charset=utf-99',
  'Content-Encoding: br',
  'Accept: */*;q=nan',
  'Accept-Encoding: gzip;q=-1',
  'Cookie: __proto__=1; a=b; ;;=',
  'X-Forwarded-Host: evil\r\nX-Forwarded-Proto: javascript\r\nX-Forwarded-For: 1,2,,',
  'X-HTTP-Method-Override: DELETE',
  'Trailer: Authorization',
  'TE: trailers, deflate;q=0.5',
  '__proto__: x\r\nconstructor: y\r\nhasOwnProperty: z',
];

export const oddHeaders: Family = ({ random, authorization, hash }) => {
  const lines = random.list(random.integer(1, 6), () => random.pick(ODD_HEADERS));
  if (random.isOne(6)) lines.push(`X: ${'x'.repeat(random.integer(8_000, 70_000))}`);
  if (random.isOne(6)) lines.push(...random.list(random.integer(100, 3_000), () => 'X: y'));
  const target = `${random.pick(PREFIXES)}/${hash}`;
  const head = { target, lines: [authorization, ...lines] };
  return {
    pieces: [headOf({ ...head, method: 'GET' })],
    ending: 'answers',
    statuses: [400, 404, 415, 417, 431],
  };
};

const HOSTS = ['', '[', '[::1', 'a b', 'x:99999999', '"><script>', 'ÿ', 'x'.repeat(5_000), '@:@'];

/** The answer to an upload names the host that the client called. */
export const badHost: Family = ({ random, authorization, hash }) => {
  const version = random.pick(['HTTP/1.1', 'HTTP/1.0']);
  const lines = random.isOne(4) ? [] : [`Host: ${random.pick(HOSTS)}`];
  const start = `PUT /v8/artifacts/${hash} ${version}`;
  const head = [start, ...lines, authorization, 'Content-Length: 1', '', 'x'].join('\r\n');
  return { pieces: [latin1(head)], ending: 'answers', statuses: [202, 400] };
};
