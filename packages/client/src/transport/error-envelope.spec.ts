import { parseErrorEnvelope } from './error-envelope.ts';

const nothing = { code: null, message: null };

describe('an error envelope', () => {
  it.each([
    [
      'wrapped',
      '{"error":{"code":"forbidden","message":"No."}}',
      { code: 'forbidden', message: 'No.' },
    ],
    ['flat', '{"code":"forbidden","message":"No."}', { code: 'forbidden', message: 'No.' }],
    [
      'both',
      '{"code":"a","message":"b","error":{"code":"c","message":"d"}}',
      { code: 'c', message: 'd' },
    ],
    ['without message', '{"error":{"code":"forbidden"}}', { code: 'forbidden', message: null }],
    ['of other types', '{"error":{"code":7,"message":[]}}', nothing],
    ['an array', '[{"code":"a"}]', nothing],
    ['null', 'null', nothing],
    ['HTML', '<html>', nothing],
    ['empty', '', nothing],
    ['missing', null, nothing],
  ])('that is %s is read as such', (_what, text, expected) => {
    expect(parseErrorEnvelope(text)).toEqual(expected);
  });

  it('cannot write into a terminal', () => {
    const text = JSON.stringify({ error: { code: 'a\u001b[2J\nb', message: 'x'.repeat(1000) } });
    const { code, message } = parseErrorEnvelope(text);
    expect(code).toBe('a [2J b');
    expect(message).toHaveLength(300);
  });
});
