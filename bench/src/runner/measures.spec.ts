import { figure, ratioOf, valueOf } from './measures.ts';

const cost = (wallMs: number) => ({ cpuMs: 0, wallMs, peakRssMb: null });

describe('a value', () => {
  it.each([
    [[3, 1, 2], { median: 2, least: 1, greatest: 3, rounds: 3 }],
    [[4, 1, 2, 3], { median: 2.5, least: 1, greatest: 4, rounds: 4 }],
    [[7], { median: 7, least: 7, greatest: 7, rounds: 1 }],
  ])('of %j is their median, with the extremes', (values, expected) => {
    expect(valueOf(values)).toEqual(expected);
  });

  it('of nothing is an error, not a number', () => {
    expect(() => figure('nothing', [], 'ms')).toThrow('nothing measured');
  });
});

describe('a ratio', () => {
  const turns = {
    none: [cost(100), cost(200), cost(300)],
    ours: [cost(150), cost(220), cost(330)],
    theirs: [cost(200), cost(300), cost(400)],
  };

  it('is that of each round, not that of the medians', () => {
    const { value, subject, reference } = ratioOf(turns, {
      what: '',
      quantity: 'wallMs',
      subject: 'ours',
      reference: 'theirs',
    });
    expect(value).toEqual({ median: 0.75, least: 220 / 300, greatest: 0.825, rounds: 3 });
    expect(subject.value.median).toBe(220);
    expect(reference.value.median).toBe(300);
  });

  it('of what is added leaves out what both have', () => {
    const { value, quantity } = ratioOf(turns, {
      what: '',
      quantity: 'wallMs',
      subject: 'ours',
      reference: 'theirs',
      baseline: 'none',
    });
    expect(value).toEqual({ median: 0.3, least: 0.2, greatest: 0.5, rounds: 3 });
    expect(quantity).toBe('wall added to none');
  });

  it('of something that was not measured is an error', () => {
    expect(() =>
      ratioOf(turns, { what: '', quantity: 'peakRssMb', subject: 'ours', reference: 'theirs' }),
    ).toThrow('peak RSS was not measured');
  });
});
