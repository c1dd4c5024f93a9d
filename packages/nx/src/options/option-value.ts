import { pluginError } from '../errors/plugin-error.ts';
import type { CacheMode, OptionName } from './larder-options.ts';

/** A value that nobody has checked yet. */
export interface RawOption {
  readonly name: OptionName;
  readonly value: unknown;
  /** A variable's name, or the place in nx.json. */
  readonly source: string;
}

/** Longer ones go off at once. */
const maxTimeoutMs = 2 ** 31 - 1;

const cacheModes: readonly CacheMode[] = ['read-write', 'read', 'write', 'off'];

/** Blank texts count as not set: that is what a CI service makes of a secret that does not exist. */
export function isUnset(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
  );
}

/** One line of text, without the blanks around it. */
export function parseText(option: RawOption): string {
  const text = expectString(option).trim();
  if (/[\r\n]/.test(text)) throw invalidValue(option, 'a text of one line');
  return text;
}

/** What an HTTP header can carry. */
export function parseToken(option: RawOption): string {
  const token = expectString(option).trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw invalidValue(option, 'printable ASCII characters without blanks');
  }
  return token;
}

/** Every byte of a key counts, blanks included. */
export function parseKey(option: RawOption): string {
  return expectString(option);
}

export function parseMode(option: RawOption): CacheMode {
  const text = expectString(option).trim();
  const mode = cacheModes.find((each) => each === text);
  if (mode === undefined) throw invalidValue(option, `one of ${cacheModes.join(', ')}`);
  return mode;
}

export function parseInteger(option: RawOption, min: number): number {
  const { value } = option;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min) {
    throw invalidValue(option, `a whole number of at least ${min}`);
  }
  return value;
}

/** Milliseconds that a timer can wait for. */
export function parseTimeout(option: RawOption, min: number): number {
  const value = parseInteger(option, min);
  if (value > maxTimeoutMs) throw invalidValue(option, `at most ${maxTimeoutMs}`);
  return value;
}

/** Returns the address without a trailing slash, so that a path can be appended. */
export function parseUrl(option: RawOption): string {
  const text = expectString(option).trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw invalidUrl(option, 'must be an address that starts with http:// or https://');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidUrl(option, 'must not contain a user name or password');
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalidUrl(option, 'must not contain a query or a fragment');
  }
  return url.href.replace(/\/+$/, '');
}

function expectString(option: RawOption): string {
  if (typeof option.value !== 'string') throw invalidValue(option, 'a text');
  return option.value;
}

/** The value itself stays out of the message: any option may hold a secret by mistake. */
function invalidValue(option: RawOption, expected: string): Error {
  const place = placeOf(option);
  return pluginError('LARDER_OPTIONS_INVALID_VALUE', `${place} must be ${expected}`, {
    hint: `Correct ${place}, or remove it to get the default.`,
  });
}

function invalidUrl(option: RawOption, problem: string): Error {
  const place = placeOf(option);
  return pluginError('LARDER_OPTIONS_INVALID_URL', `${place} ${problem}`, {
    hint: `Set ${place} to an address such as https://cache.example.com.`,
  });
}

function placeOf({ name, source }: RawOption): string {
  return source.startsWith('nx.json') ? `"${name}" in ${source}` : source;
}
