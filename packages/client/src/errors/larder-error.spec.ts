import { isLarderError, LarderError } from './larder-error.ts';

describe('a LarderError', () => {
  const cause = new Error('below');
  const error = new LarderError({ code: 'LARDER_X_Y', message: 'What.', hint: 'Do.', cause });

  it('carries code, hint and cause', () => {
    expect(error).toMatchObject({ code: 'LARDER_X_Y', hint: 'Do.', message: 'What.' });
    expect(error.cause).toBe(cause);
    expect(error).toBeInstanceOf(Error);
  });

  it('is recognised when another copy of the package made it', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('larder.error')]: true });
    expect(isLarderError(error)).toBe(true);
    expect(isLarderError(other)).toBe(true);
    expect(isLarderError(new Error('x'))).toBe(false);
    expect(isLarderError(null)).toBe(false);
    expect(isLarderError('LARDER_X_Y')).toBe(false);
  });
});
