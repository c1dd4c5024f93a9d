import { formatBound, formatQuantity, formatValue } from './format-quantity.ts';
import { aFigure, aRatio, aSide } from './results.fixture.ts';

describe('a quantity', () => {
  it.each([
    [61.23, 'ms', '61.2 ms'],
    [1234.5, 'ms', '1,235 ms'],
    [12_345, 'ms', '12.3 s'],
    [3_000, 'MB', '3,000 MB'],
    [10_953, '', '10,953'],
    [1_234_567, '', '1,234,567'],
    [0.8604, '×', '0.860×'],
    [0, '', '0'],
  ])('of %d %s is %s', (value, unit, expected) => {
    expect(formatQuantity(value, unit)).toBe(expected);
  });

  it('has the extremes in the unit of the median', () => {
    const value = { median: 10_500, least: 9_500, greatest: 12_000, rounds: 3 };
    expect(formatValue(value, 'ms')).toBe('10.5 s (9.50 to 12)');
    expect(formatValue({ ...value, rounds: 1 }, 'ms')).toBe('10.5 s');
  });
});

describe('a bound', () => {
  it('is written as it was set, in the unit of what it bounds', () => {
    expect(formatBound(aFigure({ gate: 204.004 }), 'gate')).toBe('204 MB');
    const ratio = aRatio(aSide('a', 1), aSide('b', 2), { gate: 0.33, aim: 2.5 });
    expect(formatBound(ratio, 'gate')).toBe('0.33×');
    expect(formatBound(ratio, 'aim')).toBe('2.5×');
  });

  it('that is missing is nothing', () => {
    expect(formatBound(aFigure(), 'aim')).toBe('');
  });
});
