import { createLossWatch } from './loss-watch.ts';

const MINUTE_MS = 60_000;

let nowMs: number;
const watch = (isCertainAtOnce = false) => createLossWatch({ isCertainAtOnce, now: () => nowMs });

beforeEach(() => {
  nowMs = 1_000_000;
});

it('believes at once a storage that is always whole', () => {
  expect(watch(true).isCertain('blob')).toBe(true);
});

it('believes another one when it still does not find the blob after ten minutes', () => {
  const losses = watch();
  expect(losses.isCertain('blob')).toBe(false);
  nowMs += 10 * MINUTE_MS - 1;
  expect(losses.isCertain('blob')).toBe(false);
  expect(losses.isCertain('another')).toBe(false);
  nowMs += 1;
  expect(losses.isCertain('blob')).toBe(true);
  expect(losses.isCertain('another')).toBe(false);
});

it('counts anew for what nobody has asked for in a long time', () => {
  const losses = watch();
  losses.isCertain('blob');
  nowMs += 3 * 60 * MINUTE_MS;
  expect(losses.isCertain('blob')).toBe(false);
});
