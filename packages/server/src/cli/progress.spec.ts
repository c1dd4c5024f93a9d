import { createProgress } from './progress.ts';

it('tells how far something has come once a second, and nothing at once', () => {
  let nowMs = 0;
  const written: string[] = [];
  const progress = createProgress({ write: (text) => written.push(text) }, () => nowMs);
  for (const atMs of [0, 999, 1_000, 1_500, 2_500]) {
    nowMs = atMs;
    progress.tell(String(atMs));
  }
  expect(written).toEqual(['1000\n', '2500\n']);
});
