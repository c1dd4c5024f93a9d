// Distances between the lines of an axis that read well.

const POWERS = Array.from({ length: 16 }, (_, power) => 10 ** power);

/** For counts and bytes: 1, 2, 5, 10 and so on. */
export const DECIMAL_STEPS: readonly number[] = POWERS.flatMap((power) => [
  power,
  2 * power,
  5 * power,
]);

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** For times in milliseconds. */
export const DURATION_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...DECIMAL_STEPS.filter((days) => days < 1e6).map((days) => days * DAY_MS),
];
