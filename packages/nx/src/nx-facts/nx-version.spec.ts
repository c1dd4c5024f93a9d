import {
  hasHooksDoor,
  installedNxVersion,
  lookupTiming,
  parseNxVersion,
  showsCommandToHooks,
  takesFailuresForSuccesses,
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
  ['16.10.0', false],
  ['19.8.14', false],
  ['20.0.13', false],
  ['20.7.2', false],
  ['20.8.0', true],
  ['20.10.1', true],
  ['21.0.4', true],
  ['24.0.6', true],
])('Nx %s has a door for hooks: %s', (version, expected) => {
  expect(hasHooksDoor(parseNxVersion(version))).toBe(expected);
});

it.each([
  ['20.8.4', 'within'],
  ['21.6.11', 'within'],
  ['22.6.9', 'within'],
  ['22.7.0', 'before'],
  ['22.10.0', 'before'],
  ['23.0.0', 'when-ready'],
  ['24.0.6', 'when-ready'],
])('Nx %s looks a task up %s', (version, expected) => {
  expect(lookupTiming(parseNxVersion(version))).toBe(expected);
});

it.each([
  ['20.8.4', false],
  ['21.6.11', false],
  ['22.6.9', false],
  ['22.7.0', true],
  ['24.0.6', true],
])('Nx %s shows all of its command to hooks: %s', (version, expected) => {
  expect(showsCommandToHooks(parseNxVersion(version))).toBe(expected);
});

it.each([
  ['20.8.4', true],
  ['21.6.11', true],
  ['22.6.9', true],
  ['22.7.0', false],
  ['24.0.6', false],
])('Nx %s takes stored failures for successes: %s', (version, expected) => {
  expect(takesFailuresForSuccesses(parseNxVersion(version))).toBe(expected);
});

it('finds the Nx of the workspace', () => {
  expect(installedNxVersion().major).toBeGreaterThanOrEqual(23);
});
