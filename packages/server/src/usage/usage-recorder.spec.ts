import { HOUR_MS } from '../storage/usage-store.ts';
import { createUsageRecorder, MAX_TEAMS_PER_HOUR } from './usage-recorder.ts';

const START_MS = Date.UTC(2026, 0, 1);

let nowMs: number;
beforeEach(() => {
  nowMs = START_MS + 1;
});

const create = () => createUsageRecorder(() => nowMs);

it('adds up by hour and team, and gives everything away once', () => {
  const recorder = create();
  recorder.add('a', 'served_bytes', 5);
  recorder.add('a', 'served_bytes', 6);
  recorder.add('b', 'local_hits');
  recorder.add(null, 'auth_failures');
  nowMs = START_MS + HOUR_MS;
  recorder.add('a', 'served_bytes', 7);
  const nothing = { youngestEvictedAgeMs: null };
  expect(recorder.take()).toEqual([
    {
      hourMs: START_MS,
      owner: { kind: 'team', team: 'a' },
      sums: { served_bytes: 11 },
      ...nothing,
    },
    { hourMs: START_MS, owner: { kind: 'team', team: 'b' }, sums: { local_hits: 1 }, ...nothing },
    { hourMs: START_MS, owner: { kind: 'none' }, sums: { auth_failures: 1 }, ...nothing },
    {
      hourMs: START_MS + HOUR_MS,
      owner: { kind: 'team', team: 'a' },
      sums: { served_bytes: 7 },
      ...nothing,
    },
  ]);
  expect(recorder.take()).toEqual([]);
});

it('tells all that it has counted, whether that was taken or not', () => {
  const recorder = create();
  recorder.add('a', 'served_bytes', 5);
  recorder.take();
  recorder.add('a', 'served_bytes', 6);
  nowMs += HOUR_MS;
  recorder.add(null, 'served_bytes', 7);
  const totals = { sums: { served_bytes: 18 }, youngestEvictedAgeMs: null };
  expect([recorder.totals(), recorder.totals()]).toEqual([totals, totals]);
});

it('tells teams beyond a number of an hour as one, also after others were taken', () => {
  const recorder = create();
  for (let number = 0; number < MAX_TEAMS_PER_HOUR; number += 1) {
    recorder.add(`team-${number}`, 'local_hits');
  }
  expect(recorder.take()).toHaveLength(MAX_TEAMS_PER_HOUR);
  for (const team of ['x', 'y', 'team-0']) recorder.add(team, 'local_hits');
  recorder.add(null, 'local_hits');
  expect(recorder.take().map(({ owner, sums }) => [owner, sums.local_hits])).toEqual([
    [{ kind: 'team', team: 'team-0' }, 1],
    [{ kind: 'none' }, 1],
    [{ kind: 'others' }, 2],
  ]);
  nowMs += HOUR_MS;
  recorder.add('x', 'local_hits');
  expect(recorder.take().map(({ owner }) => owner)).toEqual([{ kind: 'team', team: 'x' }]);
});

it('knows the age of the youngest that was evicted, by hour and of the last hour', () => {
  const recorder = create();
  expect(recorder.lastEvictionAgeMs()).toBeNull();
  recorder.addEvicted('a', { bytes: 10, ageMs: 9 });
  recorder.addEvicted('a', { bytes: 10, ageMs: 5 });
  recorder.addEvicted('b', { bytes: 10, ageMs: 7 });
  expect(recorder.lastEvictionAgeMs()).toBe(5);
  nowMs += HOUR_MS;
  recorder.addEvicted('b', { bytes: 10, ageMs: 8 });
  expect(recorder.lastEvictionAgeMs()).toBe(8);
  expect(
    recorder.take().map(({ sums, youngestEvictedAgeMs }) => [sums, youngestEvictedAgeMs]),
  ).toEqual([
    [{ evicted_artifacts: 2, evicted_bytes: 20 }, 5],
    [{ evicted_artifacts: 1, evicted_bytes: 10 }, 7],
    [{ evicted_artifacts: 1, evicted_bytes: 10 }, 8],
  ]);
});

it('stays in its hour when the clock is set back', () => {
  const recorder = create();
  recorder.add('a', 'local_hits');
  nowMs -= 3 * HOUR_MS;
  recorder.add('a', 'local_hits');
  expect(recorder.take()).toMatchObject([{ hourMs: START_MS, sums: { local_hits: 2 } }]);
});
