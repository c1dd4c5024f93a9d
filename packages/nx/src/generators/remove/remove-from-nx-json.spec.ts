import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import { parseNxVersion } from '../../nx-facts/nx-version.ts';
import type { LarderOptions } from '../../options/larder-options.ts';
import { changeNxJson } from '../init/change-nx-json.ts';
import { removeFromNxJson } from './remove-from-nx-json.ts';

const allOptions: LarderOptions[] = [{}, { url: 'https://cache.example.com', mode: 'read' }];
const operations = { cacheableOperations: ['build'], parallel: 5 };
const nxRunner = 'nx/tasks-runners/default';

describe.each(allOptions)('what init with %j has added', (options) => {
  it.each<[string, string, object]>([
    ['nothing', '24.0.6', {}],
    ['other plugins', '24.0.6', { plugins: ['@nx/js', { plugin: '@nx/vite' }], parallel: 3 }],
    [
      'options of a former runner',
      '21.6.11',
      { tasksRunnerOptions: { default: { options: operations } } },
    ],
    ['a former version without a runner', '19.8.14', { targetDefaults: {} }],
    [
      "Nx's own runner",
      '19.8.14',
      { tasksRunnerOptions: { default: { runner: nxRunner, options: operations } } },
    ],
    [
      "Nx's own runner without options",
      '19.8.14',
      { tasksRunnerOptions: { default: { runner: nxRunner, options: {} } } },
    ],
    [
      'options without a runner',
      '19.8.14',
      { tasksRunnerOptions: { default: { options: operations } } },
    ],
    ['another runner', '20.7.2', { tasksRunnerOptions: { other: { runner: 'nx-cloud' } } }],
    ['Nx 16', '16.10.0', { tasksRunnerOptions: { default: { runner: nxRunner, options: {} } } }],
  ])('goes again: %s', (_what, version, json) => {
    const nxVersion = parseNxVersion(version);
    const added = changeNxJson(json, options, nxVersion);
    expect(added).not.toEqual(json);
    expect(removeFromNxJson(added, nxVersion)).toEqual(json);
  });
});

it('removes both doors, in every entry', () => {
  const runner = { runner: '@larder/nx', options: { url: 'https://cache.example.com' } };
  const json: NxJson = {
    plugins: [{ plugin: '@larder/nx' }],
    tasksRunnerOptions: { default: runner, ci: runner },
  };
  const nxDefault = { runner: 'nx/tasks-runners/default', options: {} };
  expect(removeFromNxJson(json, parseNxVersion('20.8.4'))).toEqual({
    tasksRunnerOptions: { default: nxDefault, ci: nxDefault },
  });
});

it('leaves a workspace without Larder alone', () => {
  const json = { plugins: [], tasksRunnerOptions: { default: { runner: 'nx-cloud' } } };
  expect(removeFromNxJson(json, parseNxVersion('24.0.6'))).toBe(json);
});
