import { findTarget } from './find-target.ts';

const node = (...targets: string[]) => ({
  data: { targets: Object.fromEntries(targets.map((target) => [target, {}])) },
});
const nodes = {
  app: node('build', 'build:fast'),
  ':apps:ui': node('build'),
  ':apps': node('ui:build'),
  empty: { data: {} },
};

it.each([
  ['app:build', 'app', 'build', undefined],
  ['app:build:production', 'app', 'build', 'production'],
  ['app:build:fast', 'app', 'build:fast', undefined],
  ['app:build:fast:production', 'app', 'build:fast', 'production'],
  [':apps:ui:build', ':apps:ui', 'build', undefined],
])('%s is a target with the longest names that exist', (taskId, project, target, configuration) => {
  expect(findTarget(taskId, nodes)).toEqual({ project, target, configuration });
});

it.each(['', 'app', 'app:lint', 'other:build', 'empty:build', 'toString:build'])(
  '%j is none',
  (taskId) => {
    expect(findTarget(taskId, nodes)).toBeNull();
  },
);
