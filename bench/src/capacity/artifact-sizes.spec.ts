import { expectedOverSizes, sizeAt } from './artifact-sizes.ts';
import { createSeededRandom } from './seeded-random.ts';

const sizes = { medianBytes: 20_000, meanBytes: 300_000 };

it('the mean and the median are those that were asked for', () => {
  expect(expectedOverSizes(sizes, (size) => size)).toBeCloseTo(300_000, -3);
  expect(expectedOverSizes(sizes, (size) => (size < 20_000 ? 1 : 0))).toBeCloseTo(0.5, 2);
});

it('what is drawn by chance has them as well', () => {
  const random = createSeededRandom(1);
  const drawn = Array.from({ length: 200_000 }, () => sizeAt(sizes, random.normal()));
  const mean = drawn.reduce((sum, size) => sum + size, 0) / drawn.length;
  expect(mean / 300_000).toBeGreaterThan(0.9);
  expect(mean / 300_000).toBeLessThan(1.1);
  expect(drawn.filter((size) => size < 20_000).length / drawn.length).toBeCloseTo(0.5, 2);
});

it('can be all the same', () => {
  const same = { medianBytes: 5, meanBytes: 5 };
  expect(expectedOverSizes(same, (size) => size ** 2)).toBeCloseTo(25);
});
