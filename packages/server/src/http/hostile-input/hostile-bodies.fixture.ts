// Bodies: JSON that is too deep, too much or too clever, and uploads that crawl, stop or break off.
import {
  type Family,
  headOf,
  latin1,
  type Ingredients,
  LARGE_ARTIFACT,
} from './hostile-request.fixture.ts';

const CLEVER = [
  '{"__proto__":{"hashes":["a"]}}',
  '{"hashes":["a"],"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"x":1}},"hashes":[]}',
  '{"hashes":{"length":4294967296}}',
  '{"hashes":["__proto__","constructor","toString","hasOwnProperty","","\\u0000"]}',
  '{"hashes":["\\ud800","\\udfff\\ud800","../../token"]}',
  '{"hashes":["a"],"hashes":null}',
  '{"hashes":[1e999,-0,1e-999]}',
  '{"hashes":[[[["a"]]]]}',
  '{"hashes":["a",]}',
  "{'hashes':['a']}",
  '{"hashes":["a"]}{"hashes":["b"]}',
  '\ufeff{"hashes":[]}',
  '[{"sessionId":"x","source":"LOCAL","event":"HIT","hash":{"$ne":1}}]',
  '[{"__proto__":[]}]',
  'null',
  'true',
  '"hashes"',
  '1e999',
  'NaN',
  '',
  '{',
  '\\u007b\\u007d',
];

function deepJson({ random }: Ingredients): string {
  const depth = random.integer(1_000, 200_000);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"hashes":[', ']}'],
    ['{"__proto__":', '}'],
  ] as const);
  const middle = random.pick(['', '1', '"a"']);
  return open.repeat(depth) + middle + (random.isOne(3) ? '' : close.repeat(depth));
}

function largeJson({ random }: Ingredients): string {
  const item = random.pick(['1', 'null', '"a"', '{}', '[]', '"\\u0000"', '-1e9']);
  const items = Array.from({ length: random.integer(1_000, 150_000) }, () => item).join();
  return random.pick([`{"hashes":[${items}]}`, `[${items}]`, `{"hashes":[],"x":[${items}]}`]);
}

function brokenText({ random }: Ingredients): Buffer {
  return Buffer.concat([
    latin1('{"hashes":["'),
    random.bytes(random.integer(1, 50)),
    latin1('"]}'),
  ]);
}

export const hostileJson: Family = (ingredients) => {
  const { random, authorization } = ingredients;
  const kind = random.integer(1, 12);
  const text =
    kind === 1
      ? deepJson(ingredients)
      : kind === 2
        ? largeJson(ingredients)
        : kind <= 4
          ? brokenText(ingredients)
          : random.pick(CLEVER);
  const body = Buffer.from(text);
  const type = random.pick(['application/json', 'text/plain', 'application/xml; x=', 'a', '']);
  const lines = [authorization, `Content-Type: ${type}`, `Content-Length: ${body.length}`];
  const target = random.pick(['/v8/artifacts', '/v8/artifacts/', '/v8/artifacts/events']);
  return {
    pieces: [headOf({ method: 'POST', target, lines }), body],
    ending: 'answers',
    statuses: [200, 400, 413, 415],
  };
};

/** Arrives in crumbs, head and all, and is whole in the end. */
export const slowUpload: Family = ({ random, authorization, hash }) => {
  const body = random.bytes(random.integer(1, 60));
  const lines = [authorization, `Content-Length: ${body.length}`];
  const target = `/v8/artifacts/${hash}?slug=slow`;
  const bytes = Buffer.concat([headOf({ method: 'PUT', target, lines }), body]);
  const pieces: Buffer[] = [];
  for (let start = 0, end: number; start < bytes.length; start = end) {
    end = start + random.integer(1, 5);
    pieces.push(bytes.subarray(start, end));
  }
  return { pieces, ending: 'answers', statuses: [202], stores: { path: target, body } };
};

/** Stops in the middle and keeps the connection. */
export const stalledUpload: Family = ({ random, authorization, hash }) => {
  const target = random.pick([`/v8/artifacts/${hash}`, `/v1/cache/${hash}`]);
  const lines = [authorization, `Content-Length: ${random.integer(5_000, 5_000_000)}`];
  return {
    pieces: [headOf({ method: 'PUT', target, lines }), random.bytes(random.integer(0, 4_000))],
    ending: 'answers',
    statuses: [408],
  };
};

/** Breaks off anywhere: in the line, in the head, in the body, or while the answer comes. */
export const brokenOff: Family = ({ random, authorization, hash }) => {
  const body = random.bytes(random.integer(1, 200_000));
  const lines = [authorization, `Content-Length: ${body.length}`];
  const target = random.pick([`/v8/artifacts/${hash}`, `/v1/cache/${hash}`]);
  const bytes = Buffer.concat([headOf({ method: 'PUT', target, lines }), body]);
  // Never the last byte: what was not acknowledged and yet is there could not be told apart.
  const length = random.isOne(3) ? random.integer(1, 150) : random.integer(1, bytes.length - 1);
  return { pieces: [bytes.subarray(0, Math.min(length, bytes.length - 1))], ending: 'reset' };
};

/** Asks for a lot and goes away while it comes. */
export const abandonedDownloads: Family = ({ random, authorization }) => {
  const get = headOf({ target: LARGE_ARTIFACT, lines: [authorization] });
  const pieces: Buffer[] = [Buffer.concat(random.list(random.integer(1, 60), () => get))];
  if (random.isOne(3)) pieces.push(random.bytes(random.integer(1, 100)));
  return { pieces, ending: 'reset-late' };
};
