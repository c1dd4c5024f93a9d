import { bucketOf, LATENCY_BUCKETS, quantileOf } from './latency-buckets.ts';

it.each([
  [0, 0],
  [1, 0],
  [1.001, 1],
  [2, 1],
  [30_000, 13],
  [30_001, 14],
  [Infinity, 14],
])('%d ms belong to bucket %i', (durationMs, expected) => {
  expect(bucketOf(durationMs)).toBe(expected);
});

const counts = (byBucket: Record<number, number>) =>
  LATENCY_BUCKETS.map((_bound, number) => byBucket[number] ?? 0);

it.each<[string, Record<number, number>, number, number | null]>([
  ['nothing', {}, 0.5, null],
  ['one bucket, half of it', { 2: 10 }, 0.5, 3.5],
  ['one bucket, all of it', { 2: 10 }, 1, 5],
  ['the first of two', { 0: 50, 5: 50 }, 0.5, 1],
  ['the second of two', { 0: 50, 5: 50 }, 0.75, 35],
  ['what is beyond all bounds', { 14: 3 }, 0.95, 30_000],
])('the quantile of %s', (_what, byBucket, share, expected) => {
  expect(quantileOf(counts(byBucket), share)).toBe(expected);
});
