// Request lines: paths that try to get out, hashes that are none, queries, methods, versions.
import {
  type Family,
  headOf,
  type Ingredients,
  latin1,
  PLANTED,
  PREFIXES,
} from './hostile-request.fixture.ts';

/** Each of them alone is no part of a hash; with the slash encoded, none of them is two parts. */
const UPWARD = [
  '..',
  '%2e%2e',
  '.%2E',
  '%252e%252e',
  '..%2f',
  '..%5c',
  '..\\',
  '%c0%ae%c0%ae',
  '%e0%80%ae%e0%80%ae',
  '%f0%80%80%ae',
  '..;',
  '%uff0e%uff0e',
  '%00',
  '..%00',
  '....%2f%2f',
  '%c0%af..%c0%af',
];
const SLASHES = ['/', '%2f', '%2F', '%252f', '%5c', '\\', '%c0%af', '//', '/./', '%00/'];
const LOOT = ['token', 'larder.sqlite', 'larder.lock', 'etc/passwd', PLANTED, `tmp/${PLANTED}`];

/** 404 also where a router makes two parts of it; never a success. */
const REFUSED = [400, 403, 404];

export const traversal: Family = ({ random, authorization }) => {
  const steps = random.list(random.integer(1, 6), () => random.pick(UPWARD) + random.pick(SLASHES));
  const target = `${random.pick(PREFIXES)}/${steps.join('')}${random.pick(LOOT)}`;
  const method = random.pick(['GET', 'PUT', 'PUT', 'HEAD']);
  const lines = [authorization, ...(method === 'PUT' ? ['Content-Length: 7'] : [])];
  const body = latin1(method === 'PUT' ? 'planted' : '');
  return {
    pieces: [headOf({ method, target, lines }), body],
    ending: 'answers',
    statuses: REFUSED,
    isHead: method === 'HEAD',
  };
};

export const badHash: Family = ({ random, authorization }) => {
  const bad = random.pick([
    () => '',
    () => 'a'.repeat(random.integer(129, 6_000)),
    () => 'a'.repeat(random.integer(16_385, 60_000)),
    () => `.${'a'.repeat(random.integer(0, 20))}`,
    () => `a..${random.integer(0, 9)}`,
    () => encodeURIComponent(random.pick(['ä', '文', '🙂', '\u202e', ' ', '\r\nX: y', '"', "'--"])),
    () => random.list(random.integer(1, 9), () => `%${hexOf(random.integer(128, 255))}`).join(''),
    () => `a%${hexOf(random.integer(0, 32))}`,
    () => random.pick(['%', '%z', '%zz', '%2', '%u0061', '%-1', 'a%', '%%%']),
    () => random.pick(['a:b', 'a+b', 'a@b', 'a,b', 'a;b', 'a*', 'a|b', '~', '$', '{}', '<x>']),
    () => `${String.fromCharCode(random.integer(128, 255))}a`,
  ])();
  const target = `${random.pick(PREFIXES)}/${bad}`;
  const method = random.pick(['GET', 'PUT']);
  const lines = [authorization, ...(method === 'PUT' ? ['Content-Length: 1'] : [])];
  return {
    pieces: [headOf({ method, target, lines }), latin1(method === 'PUT' ? 'x' : '')],
    ending: 'answers',
    statuses: [...REFUSED, 431],
  };
};

/** A hash may come with each of its characters encoded and is the same hash. */
export const encodedHash: Family = ({ random, authorization, hash }) => {
  const encoded = Array.from(hash, (character) =>
    random.isOne(3) ? `%${hexOf(character.charCodeAt(0))}` : character,
  ).join('');
  const slashes = '/'.repeat(random.integer(1, 4));
  const body = random.bytes(random.integer(0, 2_000));
  const lines = [authorization, `Content-Length: ${body.length}`];
  const target = `/v8${slashes}artifacts${slashes}${encoded}?teamId=encoded`;
  return {
    pieces: [headOf({ method: 'PUT', target, lines }), body],
    ending: 'answers',
    statuses: [202],
    stores: { path: `/v8/artifacts/${hash}?teamId=encoded`, body },
  };
};

const TEAMS = [
  '',
  'a',
  '%00',
  '%zz',
  '%ff%fe',
  '__proto__',
  '%2e%2e%2f',
  "';DROP TABLE artifact;--",
];

export const badQuery: Family = ({ random, authorization, hash }) => {
  const name = () => random.pick(['teamId', 'slug', 'teamId[]', '__proto__', 'x', '']);
  const value = () =>
    random.isOne(4) ? 'a'.repeat(random.integer(257, 4_000)) : random.pick(TEAMS);
  const parameters = random.list(random.integer(1, random.isOne(10) ? 300 : 4), () =>
    random.isOne(8) ? random.pick(['&', '=', '?', ';', '&&==', '%']) : `${name()}=${value()}`,
  );
  const target = `${random.pick(PREFIXES)}/${hash}?${parameters.join('&')}`.slice(0, 15_000);
  return {
    pieces: [headOf({ target: target.replaceAll(' ', '+'), lines: [authorization] })],
    ending: 'answers',
    statuses: [400, 404],
  };
};

const METHODS = [
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'MOVE',
  'SEARCH',
  'QUERY',
  'LINK',
];
const NO_METHODS = ['get', 'PuT', 'FROB', '', 'GET\t', 'G\0T', 'GET,PUT', 'X'.repeat(3_000)];

export const oddMethod: Family = ({ random, authorization, hash }) => {
  const method = random.isOne(3) ? random.pick(NO_METHODS) : random.pick(METHODS);
  const target = random.pick([
    `${random.pick(PREFIXES)}/${hash}`,
    random.pick(PREFIXES),
    '*',
    `http://x/v8/artifacts/${hash}`,
    `//evil/v8/artifacts/${hash}`,
    '/',
  ]);
  return {
    pieces: [headOf({ method, target, lines: [authorization, 'Connection: close'] })],
    ending: 'hang-up',
    statuses: [200, 204, 400, 404, 405],
    isHead: method === 'HEAD',
  };
};

/** Bytes that are for another kind of server, or for none. */
export const otherProtocol: Family = (ingredients) => {
  const { random } = ingredients;
  const bytes = random.pick([tlsHello, http2Preface, otherVersion, noise, line])(ingredients);
  return { pieces: [bytes], ending: 'quiet', statuses: [400, 401, 404, 431] };
};

function tlsHello({ random }: Ingredients): Buffer {
  const body = random.bytes(random.integer(40, 500));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([Buffer.from([0x16, 3, random.integer(1, 3)]), length, body]);
}

function http2Preface({ random }: Ingredients): Buffer {
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  return Buffer.concat([latin1('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings, random.bytes(9)]);
}

function otherVersion({ random, authorization, hash }: Ingredients): Buffer {
  const version = random.pick([
    'HTTP/0.9',
    'HTTP/1.0',
    'HTTP/2.0',
    'HTTP/1.2',
    'HTTP/9.9',
    'ICE/1.0',
  ]);
  return headOf({ target: `/v8/artifacts/${hash}`, version, lines: [authorization] });
}

function noise({ random }: Ingredients): Buffer {
  return random.bytes(random.integer(1, 3_000));
}

function line({ random }: Ingredients): Buffer {
  return latin1(
    random.pick([
      'SSH-2.0-OpenSSH_9.2\r\n',
      'EHLO larder\r\n',
      '*1\r\n$4\r\nPING\r\n',
      'GET /v8/artifacts/status\r\n\r\n',
      '\r\n'.repeat(random.integer(1, 2_000)),
      '{"jsonrpc":"2.0"}\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    ]),
  );
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
