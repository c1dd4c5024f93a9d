import { requireFromNx } from '../../nx-facts/require-nx.ts';
import { editJson, type JsoncParser } from './edit-json.ts';

const parser = requireFromNx('jsonc-parser') as JsoncParser;
const edit = (text: string, before: object, after: object) =>
  editJson(text, { before, after, parser });

it('keeps comments, and what else is not JSON', () => {
  const text = [
    '{',
    '  // how many',
    '  "parallel": 3,',
    '  "plugins": [',
    '    /* first */ "@nx/js",',
    '    "old"',
    '  ],',
    '  "s3": { "bucket": "b" }',
    '}',
    '',
  ].join('\n');
  const before = { parallel: 3, plugins: ['@nx/js', 'old'], s3: { bucket: 'b' } };
  const after = { parallel: 3, plugins: ['@nx/js', { plugin: 'new', options: {} }, 'newer'] };
  expect(edit(text, before, after)).toBe(
    [
      '{',
      '  // how many',
      '  "parallel": 3,',
      '  "plugins": [',
      '    /* first */ "@nx/js",',
      '    {',
      '      "plugin": "new",',
      '      "options": {}',
      '    },',
      '    "newer"',
      '  ]',
      '}',
      '',
    ].join('\n'),
  );
});

it.each([
  ['tabs', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n', '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": 2\n\t}\n}\n'],
  [
    'four blanks',
    '{\n    "a": { "b": 1 }\n}',
    '{\n    "a": {\n        "b": 1,\n        "c": 2\n    }\n}',
  ],
  ['the ends of lines of Windows', '{\r\n  "a": {\r\n    "b": 1\r\n  }\r\n}', null],
])('goes on with %s', (_what, text, expected) => {
  const edited = edit(text, { a: { b: 1 } }, { a: { b: 1, c: 2 } });
  expect(edited).toBe(expected ?? text.replace('1', '1,\r\n    "c": 2'));
  expect(JSON.parse(edited)).toEqual({ a: { b: 1, c: 2 } });
});

it.each([
  [{ a: [1, 2, 3] }, { a: [3, 1] }],
  [{ a: [1, 2, 3, 4] }, { a: [2, 4, 5] }],
  [{ a: [1] }, { a: 'b' }],
  [{ a: [{ b: 1 }, 2] }, { a: [{ b: 1, c: 2 }, 2] }],
  [{ a: 1, b: 2 }, {}],
  [{}, { a: { b: [] } }],
  [{ a: [] }, { a: [1] }],
])('turns %j into %j', (before, after) => {
  expect(JSON.parse(edit(JSON.stringify(before, null, 2), before, after))).toEqual(after);
});
