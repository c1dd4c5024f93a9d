import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { readAssumptions } from './read-assumptions.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-capacity-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(given: unknown) {
  const file = join(folder, 'mine.json');
  await writeFile(file, JSON.stringify(given));
  return readAssumptions(file, DEFAULT_ASSUMPTIONS);
}

it('takes what the file names, and everything else as it is', async () => {
  const { people } = DEFAULT_ASSUMPTIONS;
  expect(await read({ people: { hitRate: 0.5 }, retentionDays: 30 })).toEqual({
    ...DEFAULT_ASSUMPTIONS,
    people: { ...people, hitRate: 0.5 },
    retentionDays: 30,
  });
});

it.each<[object, string]>([
  [{ poeple: {} }, 'There is no assumption poeple.'],
  [{ people: { hitrate: 1 } }, 'There is no assumption people.hitrate.'],
  [{ people: 5 }, 'people must be an object.'],
  [{ people: { hitRate: '50 %' } }, 'people.hitRate must be as it is by default: 0.6.'],
  [{ people: { hitRate: 60 } }, 'people.hitRate must be from 0 to 1.'],
  [{ ci: { activityByHour: [1] } }, 'ci.activityByHour must be 24 numbers'],
  [{ artifacts: { meanBytes: 1 } }, 'artifacts.meanBytes must be at least'],
])('refuses %j', async (given, message) => {
  await expect(read(given)).rejects.toThrow(message);
});
