import { judgeEvictions } from './eviction-verdict.ts';

const HOUR_MS = 3_600_000;

function judge(artifacts: number, youngestAgeMs: number | null) {
  const evicted = { artifacts, bytes: artifacts * 1_000_000, youngestAgeMs };
  return judgeEvictions({ evicted } as Parameters<typeof judgeEvictions>[0]);
}

it('a cache that evicts nothing is large enough', () => {
  expect(judge(0, null)).toMatchObject({ level: 'good', title: 'Large enough' });
});

it.each([
  [HOUR_MS, 'bad', 'Too small'],
  [23 * HOUR_MS, 'bad', 'Too small'],
  [2 * 24 * HOUR_MS, 'warning', 'Scarce'],
  [8 * 24 * HOUR_MS, 'good', 'Large enough'],
])('one that evicts what was used %d ms before is %s: %s', (youngestAgeMs, level, title) => {
  expect(judge(1_200, youngestAgeMs)).toMatchObject({
    level,
    title,
    reason: expect.stringContaining('1,200 artifacts (1.2 GB)') as string,
  });
});
