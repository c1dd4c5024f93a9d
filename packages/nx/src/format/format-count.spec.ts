import { formatCount } from './format-count.ts';

it.each([
  [0, '0 uploads'],
  [1, '1 upload'],
  [12, '12 uploads'],
])('formats %i', (count, expected) => {
  expect(formatCount(count, 'upload')).toBe(expected);
});
