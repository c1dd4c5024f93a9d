import { parallelLimit, type ParallelSources } from './parallel-limit.ts';

function limit(commandLine: string, sources: Partial<ParallelSources> = {}): number {
  const argv = ['node', 'nx', 'run-many', '-t', 'build', ...commandLine.split(' ')];
  return parallelLimit({ argv, environment: null, nxJson: null, ...sources });
}

describe('the number of parallel tasks', () => {
  it("is Nx's own default when nobody says anything", () => {
    expect(limit('')).toBe(3);
    expect(parallelLimit({ argv: [], environment: null, nxJson: null })).toBe(3);
  });

  it.each<[string, number]>([
    ['--parallel=5', 5],
    ['--parallel 5', 5],
    ['--parallel=1', 1],
    ['--no-parallel', 1],
    ['--parallel=false', 1],
    ['--parallel', 3],
    ['--parallel=', 3],
    ['--parallel=true', 3],
    ['--parallel -t test', 3],
    ['--parallel=5 -p app', 5],
    ['--maxParallel=2', 2],
    ['--maxParallel 2', 2],
    ['--max-parallel=2', 2],
    ['--parallel --maxParallel=2', 2],
    ['--maxParallel=2 --parallel', 2],
    ['--parallel=5 --maxParallel=2', 5],
    ['--maxParallel=8 --parallel=2', 2],
    ['-- --parallel=5', 3],
    ['--parallel=2 -- --parallel=5', 2],
    ['--parallelism=5', 3],
  ])('with "%s" is %d', (commandLine, expected) => {
    expect(limit(commandLine)).toBe(expected);
  });

  it('comes from the command line rather than from NX_PARALLEL and nx.json', () => {
    expect(limit('--parallel=5', { environment: '6', nxJson: 7 })).toBe(5);
    expect(limit('', { environment: '6', nxJson: 7 })).toBe(6);
    expect(limit('', { nxJson: 7 })).toBe(7);
  });

  it('is left to NX_PARALLEL by a command line that only asks for parallel tasks', () => {
    expect(limit('--parallel', { environment: '1', nxJson: 7 })).toBe(1);
    expect(limit('--parallel --maxParallel=2', { environment: '6' })).toBe(2);
    expect(limit('--parallel', { nxJson: 7 })).toBe(3);
  });

  it.each<[ParallelSources['nxJson'], number]>([
    [4, 4],
    ['4', 4],
    [true, 3],
    [false, 1],
  ])('with %j in nx.json is %d', (nxJson, expected) => {
    expect(limit('', { nxJson })).toBe(expected);
  });

  // Too small a number is harmless: more artifacts wait for their exact durations.
  it.each(['50%', '0', '-2', '1.5', 'many', '1e999', 'NaN'])('counts %s as 1', (value) => {
    expect(limit(`--parallel=${value}`)).toBe(1);
    expect(limit('', { environment: value })).toBe(1);
    expect(limit('', { nxJson: value })).toBe(1);
  });
});
