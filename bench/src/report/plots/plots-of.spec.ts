import { aFigure, aRatio, aResult, aSide } from '../results.fixture.ts';
import { plotsOf } from './plots-of.ts';

const growth = {
  what: 'CPU per task',
  unit: 'ms',
  by: 'tasks',
  lines: [
    {
      name: 'hooks',
      points: [
        { at: 50, value: 9.1 },
        { at: 5000, value: 9.3 },
      ],
    },
  ],
};

const textsOf = (svg = '') =>
  [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text?.replaceAll('&lt;', '<'));

describe('a plot', () => {
  it('of two subjects names them and what they cost', () => {
    const ratio = aRatio(aSide('Larder', 150), aSide('tar | zstd -1', 12_000), { what: 'packing' });
    const [plot] = plotsOf(aResult({ measures: [ratio] }));
    expect(plot?.fileName).toBe('archive-pack.svg');
    expect(plot?.alt).toBe('Bars: CPU of Larder and tar | zstd -1. The figures are in the table.');
    expect(textsOf(plot?.svg)).toEqual(
      expect.arrayContaining(['packing: CPU', 'Larder', '150 ms', 'tar | zstd -1', '12 s']),
    );
  });

  it('of growth names its lines and the points at which there are figures', () => {
    const [plot] = plotsOf(aResult({ growth: [growth] }));
    expect(plot?.fileName).toBe('archive-pack-cpu-per-task.svg');
    expect(plot?.alt).toBe('Lines: CPU per task by tasks: hooks 9.10 ms at 50, 9.30 ms at 5,000.');
    expect(textsOf(plot?.svg)).toEqual(
      expect.arrayContaining(['CPU per task (ms)', 'hooks', '50', '5,000', 'tasks (logarithmic)']),
    );
  });

  it('is the same each time it is drawn', () => {
    const result = aResult({
      measures: [aRatio(aSide('Larder', 150), aSide('tar', 100))],
      growth: [growth],
    });
    expect(plotsOf(result)).toEqual(plotsOf(result));
  });

  it('is not made of figures that stand alone', () => {
    expect(plotsOf(aResult({ measures: [aFigure()] }))).toEqual([]);
  });
});
