import { resolveServerOptions } from '../options/server-options.ts';
import { DESCRIPTION_ALLOWANCE_BYTES } from './evictor.ts';
import { evictionLimitsOf, uploadLimitsOf } from './limits-of-options.ts';

const MIB = 1024 ** 2;

it('has no limits unless they are set', () => {
  const none = { maxStoreSizeBytes: null, maxTeamSizeBytes: null, maxAgeMs: null };
  expect(evictionLimitsOf(resolveServerOptions({}))).toEqual(none);
  expect(
    evictionLimitsOf(
      resolveServerOptions({ maxStoreSizeBytes: 0, maxTeamSizeBytes: 0, maxAgeMs: 0 }),
    ),
  ).toEqual(none);
  expect(uploadLimitsOf(resolveServerOptions({})).maxArtifactSizeBytes).toBe(2 * 1024 ** 3);
});

it.each([
  [{ maxStoreSizeBytes: 3 * MIB }, 3 * MIB - DESCRIPTION_ALLOWANCE_BYTES],
  [
    { maxStoreSizeBytes: 3 * MIB, maxTeamSizeBytes: 2 * MIB },
    2 * MIB - DESCRIPTION_ALLOWANCE_BYTES,
  ],
  [{ maxStoreSizeBytes: 3 * MIB, maxArtifactSizeBytes: MIB }, MIB],
])('with %j takes artifacts of at most %i bytes', (options, expected) => {
  expect(uploadLimitsOf(resolveServerOptions(options)).maxArtifactSizeBytes).toBe(expected);
});

it.each([
  { maxStoreSizeBytes: 200 },
  { maxTeamSizeBytes: MIB - 1 },
  { maxAgeMs: 59_999 },
  { maxAgeMs: -1 },
  { maxStoreSizeBytes: 1.5 * MIB + 0.5 },
])('refuses %j, which must be a mistake', (options) => {
  expect(() => resolveServerOptions(options)).toThrow(
    expect.objectContaining({
      code: 'LARDER_SERVER_OPTIONS_INVALID',
      message: expect.stringContaining('must be 0 for no limit, or a whole number from') as string,
    }) as Error,
  );
});
