// Identities that nobody signed, for the one endpoint that takes requests from strangers.
import { type Family, headOf, type Ingredients, latin1 } from './hostile-request.fixture.ts';

const ALGORITHMS = ['none', 'NONE', 'HS256', 'RS256', 'ES256', 'EdDSA', '', null, [], {}, 256];
const KEY_IDS = ['key-1', '../../token', '__proto__', 'constructor', '\0', null, 1, [], undefined];
const TIMES = [0, -1, 1e308, '1', null, 9_999_999_999, undefined];
const NO_IDENTITIES = [
  '',
  '.',
  '..',
  '...',
  'a.b.c',
  'e30.e30.',
  '=.=.=',
  '\ud800',
  '[object Object]',
];

function header({ random }: Ingredients): unknown {
  const url = 'http://127.0.0.1:1/keys';
  return {
    alg: random.pick(ALGORITHMS),
    kid: random.pick(KEY_IDS),
    ...random.pick([
      {},
      { jku: url, x5u: url },
      { jwk: { kty: 'oct', k: 'AA' } },
      { crit: ['exp'] },
      { zip: 'DEF', enc: 'A256GCM' },
      { b64: false, crit: ['b64'] },
    ]),
  };
}

function claims({ random, issuer }: Ingredients): unknown {
  return {
    iss: random.pick([issuer, issuer, issuer, `${issuer}/`, 'file:///etc/passwd', null, [issuer]]),
    aud: random.pick(['hostile', ['hostile'], null, { hostile: true }, 'a'.repeat(1_000)]),
    exp: random.pick(TIMES),
    nbf: random.pick(TIMES),
    repository_id: random.pick(['42', 42, ['42'], '__proto__']),
    repository_owner_id: '7',
    event_name: random.pick(['push', '', null, { $ne: null }]),
    ref: random.pick(['refs/heads/main', '../..', 'a'.repeat(2_000), '\0']),
  };
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function forged(ingredients: Ingredients): string {
  const { random } = ingredients;
  const depth = random.integer(100, 3_000);
  const payload = random.isOne(6)
    ? Buffer.from('['.repeat(depth) + ']'.repeat(depth)).toString('base64url')
    : encoded(claims(ingredients));
  const signature = random.bytes(random.pick([0, 1, 64, 256])).toString('base64url');
  const parts = [encoded(header(ingredients)), payload, signature];
  if (random.isOne(8)) parts.splice(random.integer(0, 2), 1);
  if (random.isOne(8)) parts.push('AAAA', 'AAAA');
  return parts.join('.');
}

export const badIdentity: Family = (ingredients) => {
  const { random } = ingredients;
  const identity = random.isOne(4) ? random.pick(NO_IDENTITIES) : forged(ingredients);
  const isInHeader = random.isOne(3);
  const text = random.isOne(6)
    ? random.pick(['', '{', '[]', '{"token":1}', '{"__proto__":{"token":"a"}}', ' '.repeat(20_000)])
    : JSON.stringify({ token: identity });
  const body = Buffer.from(isInHeader ? '' : text);
  const lines = [
    ...(isInHeader ? [`Authorization: Bearer ${identity}`] : []),
    `Content-Length: ${body.length}`,
  ];
  const target = random.pick(['/auth/oidc', '/auth/oidc/', '//auth//oidc?teamId=a&teamId=b']);
  return {
    pieces: [headOf({ method: 'POST', target, lines }), latin1(''), body],
    ending: 'answers',
    statuses: [400, 401, 413],
  };
};
