import type { NxTask } from './nx-contexts.ts';
import { skipsCache, withdrawSkipFlags } from './skip-flags.ts';

const argvOf = (commandLine: string) => ['node', 'nx', ...commandLine.split(' ')];

describe('a command line', () => {
  it.each([
    ['run-many -t build', false],
    ['run-many -t build --skip-nx-cache', true],
    ['run-many -t build --skipNxCache', true],
    ['run-many --disable-nx-cache -t build', true],
    ['run-many --disableNxCache -t build', true],
    ['run-many --skip-remote-cache -t build', true],
    ['run-many --skipRemoteCache -t build', true],
    ['build app --disable-remote-cache', true],
    ['build app --disableRemoteCache', true],
    ['build app --skip-nx-cache=true', true],
    ['build app --skip-nx-cache true', true],
    ['build app --skip-nx-cache=false', false],
    ['build app --skip-nx-cache false', false],
    ['build app --no-skip-nx-cache', false],
    ['build app --skip-nx-cache=false --skip-remote-cache', true],
    ['build app -- --skip-nx-cache', false],
    ['build app --skip-nx-cache -- --foo', true],
    ['build app --skip-nx-caches', false],
    ['build app --skipnxcache', false],
  ])('"%s" skips the cache: %s', (commandLine, expected) => {
    expect(skipsCache(argvOf(commandLine))).toBe(expected);
  });

  it('that nobody has seen skips nothing', () => {
    expect(skipsCache([])).toBe(false);
  });
});

describe('a flag that an old Nx has handed on to its tasks', () => {
  const hashed = { hash: '1', hashDetails: { command: 'c' } };

  function withdraw(commandLine: string, overrides: NxTask['overrides']): NxTask {
    const task: NxTask = { ...hashed, overrides };
    withdrawSkipFlags(argvOf(commandLine), { 'app:build': task });
    return task;
  }

  // What Nx 16 to 20.3 were seen to make of such command lines.
  it.each<[string, Record<string, unknown>]>([
    ['--skip-remote-cache', { 'skip-remote-cache': true }],
    ['--skipRemoteCache', { skipRemoteCache: true }],
    ['--skip-remote-cache=false', { 'skip-remote-cache': 'false' }],
    ['--skip-remote-cache true', { 'skip-remote-cache': 'true' }],
    ['--disable-remote-cache', { 'disable-remote-cache': true }],
  ])('%s is taken back, and the task is to be hashed again', (flag, overrides) => {
    const unparsed = ['--foo', ...flag.split(' '), '--bar=true', 'true'];
    const task = withdraw(`run-many -t build --foo ${flag} --bar=true true`, {
      foo: true,
      ...overrides,
      __overrides_unparsed__: unparsed,
    });
    expect(task).toEqual({
      overrides: { foo: true, __overrides_unparsed__: ['--foo', '--bar=true', 'true'] },
    });
  });

  it('stays away from tasks that did not get it', () => {
    const task = withdraw('run app:build --skip-remote-cache', { __overrides_unparsed__: [] });
    expect(task).toEqual({ ...hashed, overrides: { __overrides_unparsed__: [] } });
  });

  it('leaves what was meant for the task', () => {
    const overrides = {
      'skip-remote-cache': true,
      __overrides_unparsed__: ['--skip-remote-cache'],
    };
    for (const commandLine of ['build app -- --skip-remote-cache', 'build app']) {
      expect(withdraw(commandLine, overrides)).toEqual({ ...hashed, overrides });
    }
  });

  it('is no matter to tasks without any', () => {
    expect(withdraw('build app --skip-remote-cache', undefined)).toEqual({
      ...hashed,
      overrides: undefined,
    });
  });
});
