import { createFadingMap } from './fading-map.ts';

const GENERATION_MS = 1_000;

let nowMs: number;
beforeEach(() => {
  nowMs = 0;
});

const create = (maxPerGeneration = 1_000) =>
  createFadingMap<number>({ generationMs: GENERATION_MS, maxPerGeneration, now: () => nowMs });

it('remembers for a generation at least, and for two at most', () => {
  const map = create();
  nowMs = 999;
  map.set('a', 1);
  nowMs = 1_998;
  expect(map.get('a')).toBe(1);
  nowMs = 2_998;
  expect(map.get('a')).toBeUndefined();
});

it('forgets what lay there while nobody asked', () => {
  const map = create();
  map.set('a', 1);
  nowMs = 2 * GENERATION_MS;
  expect(map.get('a')).toBeUndefined();
});

it('begins the time anew with each value', () => {
  const map = create();
  for (let round = 0; round < 10; round += 1) {
    map.set('a', round);
    nowMs += 900;
  }
  expect(map.get('a')).toBe(9);
});

it('has one value for a key, and none once that was deleted', () => {
  const map = create();
  map.set('a', 1);
  nowMs = 1_500;
  expect(map.get('a')).toBe(1);
  map.set('a', 2);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
});

it('forgets the oldest of too many', () => {
  const map = create(10);
  for (let number = 0; number < 35; number += 1) map.set(String(number), number);
  const known = Array.from({ length: 35 }, (_value, number) => map.get(String(number)));
  expect(known.filter((value) => value !== undefined).length).toBeLessThanOrEqual(20);
  expect([known[0], known[34]]).toEqual([undefined, 34]);
});
