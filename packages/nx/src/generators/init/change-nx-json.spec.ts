import { thrownCode } from '../../errors/thrown-code.fixture.ts';
import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import { parseNxVersion } from '../../nx-facts/nx-version.ts';
import type { LarderOptions } from '../../options/larder-options.ts';
import { changeNxJson } from './change-nx-json.ts';

const url = 'https://cache.example.com';

function change(json: object, options: LarderOptions = {}, version = '24.0.6'): NxJson {
  return changeNxJson(json, options, parseNxVersion(version));
}

describe('nx.json of Nx 20.8 and later', () => {
  it.each<[string, object, LarderOptions, unknown[]]>([
    ['gets the plugin', {}, {}, ['@larder/nx']],
    ['keeps other plugins', { plugins: ['@nx/js'] }, {}, ['@nx/js', '@larder/nx']],
    ['gets options', {}, { url }, [{ plugin: '@larder/nx', options: { url } }]],
    [
      'keeps options that are there',
      { plugins: [{ plugin: '@larder/nx', options: { namespace: 'shop', url: 'old' } }] },
      { url },
      [{ plugin: '@larder/nx', options: { namespace: 'shop', url } }],
    ],
    [
      'keeps what else is in the entry, and its place',
      { plugins: [{ plugin: '@larder/nx', include: ['apps/*'] }, '@nx/js'] },
      { url },
      [{ plugin: '@larder/nx', include: ['apps/*'], options: { url } }, '@nx/js'],
    ],
    [
      'gets options for an entry that is a text',
      { plugins: ['@larder/nx'] },
      { url },
      [{ plugin: '@larder/nx', options: { url } }],
    ],
  ])('%s', (_what, json, options, plugins) => {
    const changed = change(json, options);
    expect(changed.plugins).toEqual(plugins);
    expect(change(changed, options)).toEqual(changed);
  });

  it('keeps everything else', () => {
    const json = { parallel: 5, tasksRunnerOptions: { default: { options: { url } } } };
    expect(change(json)).toEqual({ ...json, plugins: ['@larder/nx'] });
  });
});

describe('nx.json of older versions', () => {
  it.each<[string, object, LarderOptions, object]>([
    ['gets the runner', {}, {}, { runner: '@larder/nx', options: {} }],
    [
      "takes the place of Nx's own runner, and keeps its options",
      {
        tasksRunnerOptions: {
          default: {
            runner: 'nx/tasks-runners/default',
            options: { cacheableOperations: ['build'] },
          },
        },
      },
      { url, mode: 'read' },
      { runner: '@larder/nx', options: { cacheableOperations: ['build'], url, mode: 'read' } },
    ],
  ])('%s', (_what, json, options, runner) => {
    const changed = change(json, options, '19.8.14');
    expect(changed).toEqual({ ...json, tasksRunnerOptions: { default: runner } });
    expect(change(changed, options, '19.8.14')).toEqual(changed);
  });

  it('keeps other runners beside the default one', () => {
    const other = { runner: 'another' };
    const changed = change({ tasksRunnerOptions: { other } }, {}, '20.7.2');
    expect(changed.tasksRunnerOptions).toMatchObject({ other, default: { runner: '@larder/nx' } });
  });

  it("is left alone where it names somebody else's runner", () => {
    const json = { tasksRunnerOptions: { default: { runner: 'nx-cloud' } } };
    expect(thrownCode(() => change(json, {}, '19.8.14'))).toBe('LARDER_INIT_RUNNER_TAKEN');
  });

  it.each([
    ['nx-cloud', 'Remove "tasksRunnerOptions.default.runner"'],
    ['nx-remotecache-azure', '@larder/nx:migrate'],
  ])('tells what to do about the runner %s', (runner, hint) => {
    const json = { tasksRunnerOptions: { default: { runner } } };
    expect(() => change(json, {}, '19.8.14')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(hint) as string }) as Error,
    );
  });
});
