import { reasonOf } from './reason-of.ts';

const withErrors = (message: string, errors: unknown) =>
  Object.assign(new Error(message), { errors });

it.each<[string, unknown, string]>([
  ['an error', new Error('it is broken'), 'it is broken'],
  ['only the first line', new Error('\n it is broken:\n  at the end'), 'it is broken'],
  ['text without colours', '\u001b[31mred\u001b[39m', 'red'],
  ['nothing', undefined, 'undefined'],
  ['an empty error', new Error(''), 'it failed without a word'],
  ['what is behind it', new Error('Failed.', { cause: new Error('the file') }), 'Failed: the file'],
  [
    'the innermost of what it gathers',
    withErrors('Failed to process project graph.', [
      withErrors('The plugin failed', [['nx.json', new Error('Unexpected token')]]),
      new Error('more'),
    ]),
    'Failed to process project graph: Unexpected token',
  ],
  ['an error that repeats what it gathers', withErrors('no', [new Error('no')]), 'no'],
  ['one that gathers nothing', withErrors('no', []), 'no'],
])('tells %s', (_what, error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});

it('is short', () => {
  expect(reasonOf(new Error('x'.repeat(1000)))).toHaveLength(301);
});

it('comes to an end with an error that holds itself', () => {
  const error = new Error('round');
  error.cause = error;
  expect(reasonOf(error)).toBe('round');
});
