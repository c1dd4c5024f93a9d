import { formatBytes, formatDuration, formatShare } from './format.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [99_940, '99.9 kB'],
  [99_960, '100 kB'],
  [999_400, '999 kB'],
  [999_600, '1.0 MB'],
  [1_500_000_000, '1.5 GB'],
  [12e15, '12.0 PB'],
  [12e18, '12000 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1_000, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_660_000, '1 h 1 min'],
  [86_400_000, '1 d'],
  [90_000_000, '1 d 1 h'],
  // The smaller of two units is left out when it is the next but one.
  [86_460_000, '1 d'],
])('%d ms are %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

it.each([
  [0, '0 %'],
  [0.0001, '0.1 %'],
  [0.5, '50 %'],
  [0.7234, '72.3 %'],
  [0.99999, '99.9 %'],
  [1, '100 %'],
])('a share of %d is %s', (share, text) => {
  expect(formatShare(share)).toBe(text);
});
