import {
  hasHooksDoor,
  installedNxVersion,
  looksUpReadyTasks,
  parseNxVersion,
} from './nx-version.ts';

describe('parseNxVersion', () => {
  it.each([
    ['16.10.0', 16, 10],
    ['20.8.4', 20, 8],
    ['24.0.6', 24, 0],
    ['23.0.0-beta.4', 23, 0],
    ['22.7.0-canary.20260101-abc', 22, 7],
  ])('reads %s', (version, major, minor) => {
    expect(parseNxVersion(version)).toEqual({ major, minor });
  });

  it.each(['', 'latest', '24', 'x.y.z'])('does not take %j for a version', (version) => {
    expect(() => parseNxVersion(version)).toThrow('Not a version');
  });
});

it.each([
  ['16.10.0', false, false],
  ['19.8.14', false, false],
  ['20.0.13', false, false],
  ['20.7.2', false, false],
  ['20.8.0', true, false],
  ['20.10.1', true, false],
  ['21.0.4', true, false],
  ['22.7.12', true, false],
  ['23.0.0', true, true],
  ['24.0.6', true, true],
])('Nx %s has a door for hooks: %s, looks up ready tasks: %s', (text, hooks, ready) => {
  const version = parseNxVersion(text);
  expect(hasHooksDoor(version)).toBe(hooks);
  expect(looksUpReadyTasks(version)).toBe(ready);
});

it('finds the Nx of the workspace', () => {
  expect(installedNxVersion().major).toBeGreaterThanOrEqual(23);
});
