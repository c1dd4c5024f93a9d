import { stackedTops, type Bucket, type ChartSeries } from './chart.ts';

const series: ChartSeries[] = [
  { name: 'Hits', class: 'is-hit', valueOf: ({ hits }) => hits },
  { name: 'Misses', class: 'is-miss', valueOf: ({ misses }) => misses },
];

it('bars of a later series stand on those of the earlier ones', () => {
  const buckets = [
    { hits: 3, misses: 1 },
    { hits: 0, misses: 2 },
  ] as Bucket[];
  expect(stackedTops(buckets, series)).toEqual([
    [3, 0],
    [4, 2],
  ]);
});
