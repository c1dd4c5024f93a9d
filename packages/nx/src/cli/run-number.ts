import { InvalidArgumentError } from 'commander';

/** Which of the recorded commands: 1 is the last one. */
export function parseRunNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number: 1 is the last command.');
}
