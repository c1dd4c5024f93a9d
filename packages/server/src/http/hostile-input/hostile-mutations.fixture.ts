// Well-formed requests with a few bytes changed: what no list of bad ideas contains.
import { type Family, headOf, type Ingredients, latin1 } from './hostile-request.fixture.ts';

const TEMPTING = ['\0', '\r', '\n', '\r\n', ' ', ':', ',', '/', '%', '?', '\x7f', '\xff', '-', '0'];

export const mutation: Family = (ingredients) => {
  const { random } = ingredients;
  let bytes = wellFormed(ingredients);
  for (let count = random.integer(1, 4); count > 0; count -= 1) bytes = mutate(bytes, ingredients);
  return { pieces: [bytes], ending: 'quiet' };
};

function wellFormed({ random, authorization, hash }: Ingredients): Buffer {
  const body = random.pick(['{"hashes":["a","b"]}', 'a body', '']);
  const lines = [
    authorization,
    'Content-Type: application/octet-stream',
    'x-artifact-duration: 12',
    'x-artifact-tag: dGFn',
    `Content-Length: ${body.length}`,
  ];
  const [method, target] = random.pick([
    ['PUT', `/v8/artifacts/${hash}?teamId=mutated`],
    ['PUT', `/v1/cache/${hash}?teamId=mutated`],
    ['GET', `/v8/artifacts/${hash}`],
    ['POST', '/v8/artifacts?slug=mutated'],
  ] as const);
  return Buffer.concat([headOf({ method, target, lines }), latin1(body)]);
}

function mutate(bytes: Buffer, { random }: Ingredients): Buffer {
  const at = random.integer(0, bytes.length - 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const insert = (some: Buffer) => Buffer.concat([before, some, after]);
  return random.pick([
    () => insert(latin1(random.pick(TEMPTING))),
    () => insert(random.bytes(random.integer(1, 20))),
    () => insert(after.subarray(0, random.integer(1, 60))),
    () => Buffer.concat([before, latin1(random.pick(TEMPTING)), after.subarray(1)]),
    () => Buffer.concat([before, after.subarray(random.integer(1, 10))]),
  ])();
}
