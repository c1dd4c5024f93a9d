import { createSeededRandom } from './seeded-random.ts';

const DRAWS = 30_000;

function meanOf(draw: () => number): number {
  let sum = 0;
  for (let index = 0; index < DRAWS; index += 1) sum += draw();
  return sum / DRAWS;
}

it('is the same for the same seed, and another for another one', () => {
  const draw = (seed: number) => {
    const random = createSeededRandom(seed);
    return [random.next(), random.normal(), random.exponential(3), random.geometric(7)];
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

it('has the means that it is asked for', () => {
  const random = createSeededRandom(3);
  expect(meanOf(() => random.next())).toBeCloseTo(0.5, 2);
  expect(meanOf(() => random.exponential(1))).toBeCloseTo(1, 1);
  expect(meanOf(() => random.geometric(20)) / 20).toBeCloseTo(1, 1);
  expect(meanOf(() => random.normal())).toBeCloseTo(0, 1);
  expect(meanOf(() => random.normal() ** 2)).toBeCloseTo(1, 1);
  expect(meanOf(() => random.below(3))).toBeCloseTo(1, 1);
});

it('draws at least one', () => {
  const random = createSeededRandom(4);
  for (let index = 0; index < 1_000; index += 1) {
    expect(random.geometric(1.2)).toBeGreaterThanOrEqual(1);
    expect(random.geometric(1)).toBe(1);
  }
});
