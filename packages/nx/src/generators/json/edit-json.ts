import { isDeepStrictEqual } from 'node:util';

/** The package jsonc-parser, as far as it is used here. */
export interface JsoncParser {
  modify(text: string, path: JsonPath, value: unknown, options: ModifyOptions): unknown[];
  applyEdits(text: string, edits: unknown[]): string;
}

type JsonPath = readonly (string | number)[];

interface ModifyOptions {
  readonly formattingOptions: {
    readonly insertSpaces: boolean;
    readonly tabSize: number;
    readonly eol: string;
  };
  readonly isArrayInsertion?: boolean;
}

/** One thing to do to a text; without a value it is a removal. */
interface Change {
  readonly path: JsonPath;
  readonly value?: unknown;
  readonly isInsertion?: boolean;
}

/**
 * The text of a JSON file, with what has changed between two values of it. Comments, and the way in
 * which the rest is written, stay.
 */
export function editJson(
  text: string,
  { before, after, parser }: { before: object; after: object; parser: JsoncParser },
): string {
  const formattingOptions = formattingOf(text);
  return changesBetween(before, after, []).reduce((edited, { path, value, isInsertion }) => {
    const edits = parser.modify(edited, path, value, {
      formattingOptions,
      ...(isInsertion === true && { isArrayInsertion: true }),
    });
    return parser.applyEdits(edited, edits);
  }, text);
}

function formattingOf(text: string): ModifyOptions['formattingOptions'] {
  const [, indent] = /\n([ \t]+)\S/.exec(text) ?? [];
  return {
    insertSpaces: indent?.startsWith('\t') !== true,
    tabSize: indent?.startsWith(' ') === true ? indent.length : 2,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

function changesBetween(before: unknown, after: unknown, path: JsonPath): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  // What was taken out one by one would leave its lines behind.
  if (isEmpty(after)) return [{ path, value: after }];
  if (Array.isArray(before) && Array.isArray(after)) return elementChanges(before, after, path);
  if (isObject(before) && isObject(after)) return memberChanges(before, after, path);
  return [{ path, value: after }];
}

function memberChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: JsonPath,
): Change[] {
  const removed = Object.keys(before).filter((key) => after[key] === undefined);
  return [
    ...removed.map((key) => ({ path: [...path, key] })),
    ...Object.entries(after)
      .filter(([, value]) => value !== undefined)
      .flatMap(([key, value]) => changesBetween(before[key], value, [...path, key])),
  ];
}

/** Generators add elements at the end, remove some, or change some in their places. */
function elementChanges(
  before: readonly unknown[],
  after: readonly unknown[],
  path: JsonPath,
): Change[] {
  if (before.length === after.length) {
    return after.flatMap((value, index) => changesBetween(before[index], value, [...path, index]));
  }
  const isIn = (list: readonly unknown[], value: unknown) =>
    list.some((each) => isDeepStrictEqual(each, value));
  const removed = before.flatMap((value, index) => (isIn(after, value) ? [] : [index]));
  const added = after.filter((value) => !isIn(before, value));
  const kept = before.filter((value) => isIn(after, value));
  if (!isDeepStrictEqual([...kept, ...added], after)) return [{ path, value: after }];
  return [
    ...removed.reverse().map((index) => ({ path: [...path, index] })),
    ...added.map((value, index) => ({
      path: [...path, kept.length + index],
      value,
      isInsertion: true,
    })),
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
