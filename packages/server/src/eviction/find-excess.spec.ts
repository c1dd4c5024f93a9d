import { findExcess, fits, type LimitOwner, type SizeLimits } from './find-excess.ts';

const NO_LIMITS: SizeLimits = { maxStoreSizeBytes: null, maxTeamSizeBytes: null };
const bytes = (teams: Record<string, number>) => new Map(Object.entries(teams));

function find(
  used: Record<string, number>,
  reserved: Record<string, number>,
  limits: Partial<SizeLimits>,
  state: { evicting?: LimitOwner[]; exhausted?: LimitOwner[] } = {},
) {
  return findExcess(
    { used: bytes(used), reserved: bytes(reserved) },
    { ...NO_LIMITS, ...limits },
    { evicting: new Set(state.evicting), exhausted: new Set(state.exhausted) },
  );
}

it('finds nothing without limits or within them', () => {
  expect(find({ a: 1e15 }, { a: 1e15 }, {})).toBeNull();
  expect(find({ a: 60, b: 40 }, {}, { maxStoreSizeBytes: 100, maxTeamSizeBytes: 60 })).toBeNull();
  expect(find({}, {}, { maxStoreSizeBytes: 100 })).toBeNull();
});

it('counts what is stored and what is on its way, and asks for a twentieth more', () => {
  expect(find({ a: 60, b: 40 }, { c: 1 }, { maxStoreSizeBytes: 100 })).toEqual({
    owner: null,
    bytes: 6,
  });
  expect(find({ a: 60, b: 90 }, { b: 11 }, { maxTeamSizeBytes: 100 })).toEqual({
    owner: 'b',
    bytes: 6,
  });
  expect(find({}, { new: 101 }, { maxTeamSizeBytes: 100 })).toEqual({ owner: 'new', bytes: 6 });
});

it('goes on with an eviction that has begun until the headroom is free', () => {
  const limits = { maxStoreSizeBytes: 100 };
  expect(find({ a: 96 }, {}, limits)).toBeNull();
  expect(find({ a: 96 }, {}, limits, { evicting: [null] })).toEqual({ owner: null, bytes: 1 });
  expect(find({ a: 95 }, {}, limits, { evicting: [null] })).toBeNull();
});

it('looks at the teams first, and past those that have nothing left to give', () => {
  const limits = { maxStoreSizeBytes: 100, maxTeamSizeBytes: 50 };
  expect(find({ a: 60, b: 60 }, {}, limits)?.owner).toBe('a');
  expect(find({ a: 60, b: 60 }, {}, limits, { exhausted: ['a'] })?.owner).toBe('b');
  expect(find({ a: 60, b: 60 }, {}, limits, { exhausted: ['a', 'b'] })?.owner).toBeNull();
  expect(find({ a: 60, b: 60 }, {}, limits, { exhausted: ['a', 'b', null] })).toBeNull();
});

it('lets an artifact in that takes the last byte, and none that takes one more', () => {
  const demand = { used: bytes({ a: 30, b: 40 }), reserved: bytes({ b: 20 }) };
  const store: SizeLimits = { ...NO_LIMITS, maxStoreSizeBytes: 100 };
  expect(fits({ team: 'a', bytes: 10 }, demand, store)).toBe(true);
  expect(fits({ team: 'a', bytes: 11 }, demand, store)).toBe(false);
  const team: SizeLimits = { ...NO_LIMITS, maxTeamSizeBytes: 70 };
  expect(fits({ team: 'b', bytes: 10 }, demand, team)).toBe(true);
  expect(fits({ team: 'b', bytes: 11 }, demand, team)).toBe(false);
  expect(fits({ team: 'a', bytes: 40 }, demand, team)).toBe(true);
});
