import { aFigure, aResult } from '../report/results.fixture.ts';
import { summarize } from './summary.ts';

describe('the summary of all benches', () => {
  const measures = [
    aFigure({ what: 'small', gate: 160 }),
    aFigure({ what: 'large', gate: 100 }),
    aFigure({ what: 'without a gate' }),
  ];

  it('has every gate, how many are met, what claims nothing, and the time', () => {
    const summary = summarize({
      results: [aResult({ measures })],
      unclaimed: ['redirects'],
      durationMs: 125_000,
    });
    expect(summary.split('\n').map((line) => line.replace(/ {2,}/g, ' '))).toEqual([
      'All gates:',
      'archive-pack',
      ' small 120 MB ok, at most 160 [108 to 132, 10 rounds]',
      ' large 120 MB MISSED, at most 100 [108 to 132, 10 rounds]',
      '1 of 2 gates are met.',
      'redirects claims nothing: the machine was too busy.',
      'It took 2 min 5 s.',
    ]);
  });
});
