// What differs from machine to machine in the output that a page shows. Everything else is compared
// as it stands, counts too.

/** A kind of placeholder: how it looks on the page, and what may stand in its place. */
interface Placeholder {
  readonly shown: string;
  readonly real: string;
  /** Whether a command further down that shows it means what was really there. */
  readonly isName?: boolean;
}

const PLACEHOLDERS: readonly Placeholder[] = [
  // A secret that is cut short, and anything at all.
  { shown: String.raw`\w[\w-]*…`, real: String.raw`[\w-]+`, isName: true },
  { shown: '…', real: '.*' },
  { shown: String.raw`/home/you[\w./-]*`, real: String.raw`/\S+` },
  // A port of a URL.
  { shown: String.raw`:\d{4,5}\b`, real: String.raw`:\d+`, isName: true },
  { shown: String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`, real: String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z` },
  // The id of a token.
  { shown: String.raw`\b[0-9a-f]{12}\b`, real: '[0-9a-f]{12}', isName: true },
  { shown: String.raw`\d+(?:\.\d+)? (?:ms|s)\b`, real: String.raw`\d+(?:\.\d+)? (?:ms|s)` },
  { shown: String.raw`\d+(?:\.\d+)? (?:B|kB|MB)\b`, real: String.raw`\d+(?:\.\d+)? (?:B|kB|MB)` },
  // A version, with what the tests append to it.
  { shown: String.raw`\d+\.\d+\.\d+(?![\d.])`, real: String.raw`\d+\.\d+\.\d+(?:-[\w.]+)?` },
  { shown: String.raw`\s+`, real: String.raw`\s+` },
];

const PART = new RegExp(PLACEHOLDERS.map(({ shown }) => `(${shown})`).join('|'), 'g');

/** What stands for the placeholders of earlier output, by what the page shows. */
export type Names = Map<string, string>;

/**
 * Finds the lines that a page shows in what was really printed: each of them, in this order, with
 * whatever else between them. Notes what stands for their names.
 *
 * @returns the first line that is missing, or null.
 */
export function findMissingLine(
  shown: readonly string[],
  printed: string,
  names: Names,
): string | null {
  const lines = printed.split('\n').map((line) => line.trim());
  let position = 0;
  for (const line of shown) {
    const { pattern, captured } = patternOf(line);
    const index = lines.findIndex((text, at) => at >= position && pattern.test(text));
    if (index < 0) return line;
    const [, ...values] = pattern.exec(lines[index] ?? '') ?? [];
    captured.forEach((name, at) => names.set(name, values[at] ?? ''));
    position = index + 1;
  }
  return null;
}

/** A command with the real names in place of those that the page shows. */
export function withRealNames(command: string, names: Names): string {
  let real = command;
  for (const [shown, value] of names) real = real.replaceAll(shown, value);
  if (real.includes('…')) throw new Error(`Nothing has printed what "…" stands for: ${command}`);
  return real;
}

/** Groups that have no part in a match are undefined, whatever the types say. */
function isThere(group: string | undefined): boolean {
  return group !== undefined;
}

function patternOf(line: string): { pattern: RegExp; captured: string[] } {
  const captured: string[] = [];
  let source = '';
  let end = 0;
  for (const match of line.matchAll(PART)) {
    const kind = PLACEHOLDERS[match.slice(1).findIndex(isThere)];
    const real = kind?.real ?? '';
    source += escape(line.slice(end, match.index));
    if (kind?.isName === true) captured.push(match[0]);
    source += kind?.isName === true ? `(${real})` : `(?:${real})`;
    end = match.index + match[0].length;
  }
  return { pattern: new RegExp(`^${source}${escape(line.slice(end))}$`), captured };
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
