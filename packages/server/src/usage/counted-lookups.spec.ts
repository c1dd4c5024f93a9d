import { createCountedLookups } from './counted-lookups.ts';

const MINUTE_MS = 60_000;
const KEY = { tokenId: 't', team: 'a', hash: 'h' };

let nowMs: number;
beforeEach(() => {
  nowMs = 0;
});

const create = () => createCountedLookups(() => nowMs);

it('tells of each lookup as often as it was noted', () => {
  const lookups = create();
  lookups.note(KEY);
  lookups.note(KEY);
  expect([lookups.take(KEY), lookups.take(KEY), lookups.take(KEY)]).toEqual([true, true, false]);
});

it('takes no lookup for that of another token, team or hash', () => {
  const lookups = create();
  lookups.note(KEY);
  for (const other of [{ tokenId: 'u' }, { team: 'b' }, { team: '' }, { hash: 'i' }]) {
    expect(lookups.take({ ...KEY, ...other })).toBe(false);
  }
  expect(lookups.take(KEY)).toBe(true);
});

it('remembers for half an hour at least, and an hour at most', () => {
  const lookups = create();
  nowMs = 29 * MINUTE_MS;
  lookups.note(KEY);
  nowMs = 59 * MINUTE_MS;
  expect(lookups.take(KEY)).toBe(true);
  lookups.note(KEY);
  nowMs = 120 * MINUTE_MS;
  expect(lookups.take(KEY)).toBe(false);
});

describe('a client that asks again', () => {
  const ASKED = { ...KEY, address: '192.0.2.1' };

  it('is known until it has got or stored what it asks for', () => {
    const lookups = create();
    expect([lookups.isAskedAgain(ASKED), lookups.isAskedAgain(ASKED)]).toEqual([false, true]);
    lookups.settle(ASKED);
    expect(lookups.isAskedAgain(ASKED)).toBe(false);
  });

  it('is not taken for another one', () => {
    const lookups = create();
    lookups.isAskedAgain(ASKED);
    for (const other of [{ tokenId: 'u' }, { team: 'b' }, { hash: 'i' }, { address: '::1' }]) {
      expect(lookups.isAskedAgain({ ...ASKED, ...other })).toBe(false);
    }
  });

  it('may wait for minutes between two questions, but not for ten', () => {
    const lookups = create();
    lookups.isAskedAgain(ASKED);
    for (let round = 0; round < 10; round += 1) {
      nowMs += 4 * MINUTE_MS;
      expect(lookups.isAskedAgain(ASKED)).toBe(true);
    }
    nowMs += 10 * MINUTE_MS;
    expect(lookups.isAskedAgain(ASKED)).toBe(false);
  });
});

it('forgets the oldest of too many', () => {
  const lookups = create();
  for (let number = 0; number < 60_000; number += 1) {
    lookups.note({ ...KEY, hash: String(number) });
  }
  expect(lookups.take({ ...KEY, hash: '0' })).toBe(false);
  expect(lookups.take({ ...KEY, hash: '59999' })).toBe(true);
});
