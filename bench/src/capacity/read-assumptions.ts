import { readFile } from 'node:fs/promises';
import { type CapacityAssumptions, checkAssumptions } from './assumptions.ts';

/**
 * Assumptions with those of a JSON file in place of their own; what the file does not name stays.
 *
 * @throws Error that names what the file has and the assumptions have not, or have otherwise.
 */
export async function readAssumptions(
  file: string,
  defaults: CapacityAssumptions,
): Promise<CapacityAssumptions> {
  const given = JSON.parse(await readFile(file, 'utf8')) as unknown;
  const assumptions = override(defaults, given, '') as CapacityAssumptions;
  checkAssumptions(assumptions);
  return assumptions;
}

function override(value: unknown, given: unknown, path: string): unknown {
  if (given === undefined) return value;
  if (!isObject(value)) {
    if (typeof given === typeof value && Array.isArray(given) === Array.isArray(value))
      return given;
    throw new Error(`${path} must be as it is by default: ${JSON.stringify(value)}.`);
  }
  if (!isObject(given)) throw new Error(`${path === '' ? 'The file' : path} must be an object.`);
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  const unknown = Object.keys(given).filter((key) => !(key in value));
  if (unknown.length > 0)
    throw new Error(`There is no assumption ${unknown.map(below).join(', ')}.`);
  return Object.fromEntries(
    Object.entries(value).map(([key, own]) => [key, override(own, given[key], below(key))]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
