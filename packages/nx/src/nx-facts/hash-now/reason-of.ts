import { stripVTControlCharacters } from 'node:util';

const maxLength = 300;
/** An error that holds others that hold others: so deep one looks. */
const maxDepth = 3;

/**
 * An error in one line without a final dot. Nx gathers what went wrong with a graph in errors that
 * only say that something did: the first that says what is told with them.
 */
export function reasonOf(error: unknown): string {
  const lines = messagesOf(error, maxDepth).map(firstLine);
  const [outer = 'it failed without a word', ...inner] = [...new Set(lines)].filter(Boolean);
  const cause = inner.at(-1);
  const text = cause === undefined ? outer : `${outer}: ${cause}`;
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** From the outermost on. */
function messagesOf(error: unknown, depth: number): string[] {
  if (typeof error !== 'object' || error === null) return [String(error)];
  const { message, errors, cause } = error as Partial<Record<string, unknown>>;
  const [inner = cause]: unknown[] = (Array.isArray(errors) ? errors : []).map(withoutPlace);
  const own = typeof message === 'string' ? [message] : [];
  return inner === undefined || depth === 0 ? own : [...own, ...messagesOf(inner, depth - 1)];
}

/** Nx pairs some errors with the file that they are about. */
function withoutPlace(entry: unknown): unknown {
  return Array.isArray(entry) ? entry.at(-1) : entry;
}

function firstLine(text: string): string {
  const [line = ''] = stripVTControlCharacters(text).trim().split('\n');
  return line.trim().replace(/[.:]+$/, '');
}
