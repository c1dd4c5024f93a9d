// What every UsageStore must do, whatever it stands on.
import { USAGE_MEASURES } from '../usage/usage-measures.ts';
import {
  DAY_MS,
  HOUR_MS,
  type UsageEntry,
  type UsageOwner,
  type UsageStore,
} from './usage-store.ts';

/** A midnight. */
const START_MS = Date.UTC(2026, 0, 1);
const ALL = { fromMs: START_MS, toMs: START_MS + 500 * 24 * HOUR_MS };
const TEAM = { kind: 'team', team: "it's ünïcödé" } as const satisfies UsageOwner;

function entry(part: Partial<UsageEntry>): UsageEntry {
  return { hourMs: START_MS, owner: TEAM, sums: {}, youngestEvictedAgeMs: null, ...part };
}

export function describeUsageStore(
  name: string,
  create: () => Promise<{ store: UsageStore; close: () => Promise<void> }>,
): void {
  describe(`${name} as a usage store`, () => {
    let store: UsageStore;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ store, close } = await create());
    });
    afterEach(() => close());

    it('keeps every measure, also when it is large', async () => {
      const sums = Object.fromEntries(
        USAGE_MEASURES.map((measure, number) => [measure, 2 ** 45 + number]),
      );
      await store.add([entry({ sums, youngestEvictedAgeMs: 7 })]);
      expect(await store.sum(ALL, HOUR_MS)).toEqual([
        { startMs: START_MS, sums, youngestEvictedAgeMs: 7 },
      ]);
      expect(await store.sumByTeam(ALL)).toEqual([
        { team: "it's ünïcödé", sums, youngestEvictedAgeMs: 7 },
      ]);
    });

    it('adds to what it has, and keeps the youngest age', async () => {
      for (const youngestEvictedAgeMs of [null, 9, 5, null, 6]) {
        await store.add([entry({ sums: { served_bytes: 10 }, youngestEvictedAgeMs })]);
      }
      expect(await store.sum(ALL, HOUR_MS)).toEqual([
        { startMs: START_MS, sums: { served_bytes: 50 }, youngestEvictedAgeMs: 5 },
      ]);
    });

    it('takes an hour that comes twice at once', async () => {
      const twice = entry({ sums: { saved_ms: 1 }, youngestEvictedAgeMs: 4 });
      await store.add([twice, { ...twice, youngestEvictedAgeMs: 3 }]);
      expect(await store.sum(ALL, HOUR_MS)).toEqual([
        { startMs: START_MS, sums: { saved_ms: 2 }, youngestEvictedAgeMs: 3 },
      ]);
    });

    it('takes nothing, and an hour in which nothing is known of what happened', async () => {
      await store.add([]);
      expect(await store.sum(ALL, HOUR_MS)).toEqual([]);
      await store.add([entry({})]);
      expect(await store.sum(ALL, HOUR_MS)).toEqual([
        { startMs: START_MS, sums: {}, youngestEvictedAgeMs: null },
      ]);
    });

    it('sums over owners by hour or day, within the time that is asked for', async () => {
      const owners: UsageOwner[] = [TEAM, { kind: 'others' }, { kind: 'none' }];
      for (const hours of [0, 1, 23, 24, 400 * 24]) {
        const hourMs = START_MS + hours * HOUR_MS;
        await store.add(owners.map((owner) => entry({ hourMs, owner, sums: { saved_ms: 1 } })));
      }
      const sum = async (fromMs: number, toMs: number, bucketMs: number) =>
        (await store.sum({ fromMs, toMs }, bucketMs)).map(({ startMs, sums }) => [
          (startMs - START_MS) / HOUR_MS,
          sums.saved_ms,
        ]);
      expect(await sum(ALL.fromMs, ALL.toMs, 24 * HOUR_MS)).toEqual([
        [0, 9],
        [24, 3],
        [9_600, 3],
      ]);
      expect(await sum(START_MS + HOUR_MS, START_MS + 24 * HOUR_MS, HOUR_MS)).toEqual([
        [1, 3],
        [23, 3],
      ]);
    });

    it('tells of the teams that are asked for, and takes no other owner for one', async () => {
      const owners: UsageOwner[] = [
        { kind: 'team', team: 'a' },
        { kind: 'team', team: 'b' },
        { kind: 'team', team: '' },
        { kind: 'others' },
        { kind: 'none' },
      ];
      await store.add(
        owners.map((owner, number) => entry({ owner, sums: { saved_ms: 10 ** number } })),
      );
      const sumOf = async (teams?: string[]) =>
        (await store.sum({ ...ALL, teams }, HOUR_MS)).map(({ sums }) => sums.saved_ms);
      expect(await sumOf()).toEqual([11_111]);
      expect(await sumOf(['a'])).toEqual([1]);
      expect(await sumOf(['a', 'b', 'absent'])).toEqual([11]);
      expect(await sumOf([''])).toEqual([100]);
      expect(await sumOf([])).toEqual([]);
      const teams = await store.sumByTeam(ALL);
      expect(teams.map(({ team, sums }) => [team, sums.saved_ms]).sort()).toEqual([
        ['', 100],
        ['a', 1],
        ['b', 10],
      ]);
    });

    it('adds all entries or none', async () => {
      const broken = entry({ owner: { kind: 'none' }, sums: { saved_ms: 0.5 } });
      await expect(store.add([entry({ sums: { saved_ms: 1 } }), broken])).rejects.toMatchObject({
        code: 'LARDER_SERVER_STORAGE_FAILED',
      });
      expect(await store.sum(ALL, HOUR_MS)).toEqual([]);
    });

    it('forgets hours that ended before a time, and still knows their days', async () => {
      for (const hours of [0, 1, 2]) {
        const hourMs = START_MS + hours * HOUR_MS;
        const sums = { saved_ms: 10 ** hours };
        await store.add([entry({ hourMs, sums, youngestEvictedAgeMs: 7 - hours })]);
      }
      const middleMs = START_MS + 2.5 * HOUR_MS;
      expect(await store.removeEnded(HOUR_MS, middleMs)).toBe(2);
      expect(await store.removeEnded(HOUR_MS, middleMs)).toBe(0);
      expect((await store.sum(ALL, HOUR_MS)).map(({ sums }) => sums.saved_ms)).toEqual([100]);
      const day = { sums: { saved_ms: 111 }, youngestEvictedAgeMs: 5 };
      expect(await store.sum(ALL, DAY_MS)).toEqual([{ startMs: START_MS, ...day }]);
      const week = await store.sum({ ...ALL, teams: [TEAM.team] }, 7 * DAY_MS);
      expect(week.map(({ sums }) => sums)).toEqual([day.sums]);
      expect(await store.sumByTeam(ALL)).toEqual([{ team: TEAM.team, ...day }]);
    });

    it('forgets days that are over, and no hours', async () => {
      for (const hours of [23, 24]) {
        await store.add([entry({ hourMs: START_MS + hours * HOUR_MS, sums: { saved_ms: hours } })]);
      }
      expect(await store.removeEnded(DAY_MS, START_MS + DAY_MS - 1)).toBe(0);
      expect(await store.removeEnded(DAY_MS, START_MS + DAY_MS)).toBe(1);
      expect((await store.sum(ALL, DAY_MS)).map(({ sums }) => sums.saved_ms)).toEqual([24]);
      expect(await store.sum(ALL, HOUR_MS)).toHaveLength(2);
    });

    it('takes no day for a stretch of time that only has a part of it', async () => {
      for (const hours of [1, 5]) {
        await store.add([entry({ hourMs: START_MS + hours * HOUR_MS, sums: { saved_ms: hours } })]);
      }
      for (const query of [
        { fromMs: START_MS + 2 * HOUR_MS, toMs: START_MS + DAY_MS },
        { fromMs: START_MS - DAY_MS + 2 * HOUR_MS, toMs: START_MS + 2 * HOUR_MS },
      ]) {
        const sums = [await store.sum(query, DAY_MS), await store.sumByTeam(query)].flat();
        const expected = query.fromMs > START_MS ? 5 : 1;
        expect(sums.map((found) => found.sums.saved_ms)).toEqual([expected, expected]);
      }
    });
  });
}
