import { mergeResults } from './merge-results.ts';
import { aResult } from './results.fixture.ts';

const kept = aResult({ date: '2026-01-02T00:00:00.000Z' });
const newer = aResult({ date: '2026-01-03T00:00:00.000Z' });

describe('the results of a page', () => {
  it('are the newest of each bench', () => {
    const other = aResult({ name: 'other' });
    expect(mergeResults([kept, other], [newer])).toEqual({ results: [newer, other], refusals: [] });
    expect(mergeResults([newer], [kept])).toEqual({ results: [newer], refusals: [] });
  });

  it.each([
    ['was measured with --busy', { isTrusted: false }],
    ['has 3 rounds and wants 10', { rounds: [{ wanted: 10, taken: 3 }] }],
    ['was measured by an earlier version of the bench', { rounds: undefined }],
    ['was measured by an earlier version of the bench', { area: undefined }],
  ])('are never one that %s', (reason, overrides) => {
    const measured = Object.assign({}, newer, overrides);
    const { results, refusals } = mergeResults([kept], [measured]);
    expect(results).toEqual([kept]);
    expect(refusals).toEqual([expect.stringContaining(`archive-pack ${reason}`)]);
  });

  it('may have more rounds than the bench wants', () => {
    const measured = { ...newer, rounds: [{ wanted: 10, taken: 30 }] };
    expect(mergeResults([kept], [measured])).toEqual({ results: [measured], refusals: [] });
  });
});
