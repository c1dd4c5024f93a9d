import { parseEventsBody, parseQueryBody } from './json-body.ts';

const MANY = 500_000;

const issuesOf = (parse: () => unknown): unknown[] => {
  try {
    parse();
  } catch (error) {
    return (error as { cause: { issues: unknown[] } }).cause.issues;
  }
  return [];
};

// A description of each of half a million bad items took a second and 300 MB.
it('gives up at the first bad item of a long list', () => {
  const numbers = Array.from({ length: MANY }, (_value, index) => index);
  expect(issuesOf(() => parseQueryBody({ hashes: numbers }))).toHaveLength(1);
  expect(issuesOf(() => parseEventsBody(numbers))).toHaveLength(1);
});

it('names what is wrong with a query', () => {
  expect(() => parseQueryBody({ hashes: ['a', 1] })).toThrow('"hashes" is not what it should be');
  expect(() => parseQueryBody(null)).toThrow('it is not what it should be');
});

it('takes what JSON says of a prototype for a value like any other', () => {
  const body: unknown = JSON.parse('{"__proto__":{"hashes":["a"]},"hashes":["__proto__"]}');
  expect(parseQueryBody(body)).toEqual({ hashes: ['__proto__'] });
  expect(() => parseQueryBody(JSON.parse('{"__proto__":{"hashes":["a"]}}'))).toThrow('hashes');
});
