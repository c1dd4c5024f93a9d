import { aRatio, aSide } from '../results.fixture.ts';
import { groupBars } from './bar-groups.ts';

const larder = aSide('Larder', 150);
const fastLane = aSide('fast lane', 50);
const tar = aSide('tar', 100);
const nodeTar = aSide('node-tar', 900);

const namesOf = (group: ReturnType<typeof groupBars>[number] | undefined) =>
  group?.bars.map(({ name }) => name);

describe('bars', () => {
  it('of the same turns are one group, with what is measured first', () => {
    const groups = groupBars([
      aRatio(larder, tar),
      aRatio(larder, nodeTar),
      aRatio(fastLane, nodeTar),
    ]);
    expect(groups).toHaveLength(1);
    expect(namesOf(groups[0])).toEqual(['Larder', 'fast lane', 'tar', 'node-tar']);
    expect(groups[0]?.bars.map(({ isSubject }) => isSubject)).toEqual([true, true, false, false]);
  });

  it('have the title that their measures share', () => {
    const [group] = groupBars([aRatio(larder, tar), aRatio(larder, nodeTar)]);
    expect(group?.title).toBe('2,000 files');
    const [alone] = groupBars([aRatio(larder, tar)]);
    expect(alone?.title).toBe('2,000 files against tar');
  });

  it('have no title when their measures share none', () => {
    const [group] = groupBars([
      aRatio(larder, tar, { what: 'hooks' }),
      aRatio(fastLane, tar, { what: 'fast lane' }),
    ]);
    expect(group?.title).toBe('');
  });

  it('of other turns, or of another quantity, are a group of their own', () => {
    const later = aSide('Larder', 151);
    expect(groupBars([aRatio(larder, tar), aRatio(later, nodeTar)])).toHaveLength(2);
    expect(
      groupBars([aRatio(larder, tar), aRatio(larder, nodeTar, { quantity: 'wall' })]),
    ).toHaveLength(2);
  });

  it('keep what is measured in its colour when it is a reference as well', () => {
    const [group] = groupBars([aRatio(larder, tar), aRatio(fastLane, larder)]);
    expect(group?.bars.filter(({ isSubject }) => isSubject).map(({ name }) => name)).toEqual([
      'Larder',
      'fast lane',
    ]);
  });
});
