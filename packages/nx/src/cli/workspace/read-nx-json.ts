import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pluginError } from '../../errors/plugin-error.ts';
import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import { requireFromNx } from '../../nx-facts/require-nx.ts';

interface JsoncParser {
  parse(text: string, errors: unknown[], options: { allowTrailingComma: boolean }): unknown;
}

/**
 * nx.json as Nx reads it: with comments, and with what it extends. Empty where there is none.
 *
 * @throws LarderError `LARDER_CLI_NX_JSON_UNREADABLE`
 */
export function readNxJson(root: string): NxJson {
  const file = join(root, 'nx.json');
  const own = readObject(file);
  if (typeof own.extends !== 'string') return own;
  try {
    return { ...readObject(createRequire(file).resolve(own.extends)), ...own };
  } catch {
    // Nx would not even start with it; what is in the file itself can be told all the same.
    return own;
  }
}

function readObject(file: string): NxJson & { readonly extends?: unknown } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw unreadable(file, error);
  }
  const value = parse(file, text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(file, new Error('it holds no object'));
  }
  return value;
}

function parse(file: string, text: string): unknown {
  const parser = requireFromNx('jsonc-parser') as JsoncParser | null;
  if (parser) {
    const errors: unknown[] = [];
    const value = parser.parse(text, errors, { allowTrailingComma: true });
    if (errors.length === 0) return value;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return pluginError('LARDER_CLI_NX_JSON_UNREADABLE', `${file} cannot be read: ${reason}`, {
    hint: 'Correct the file; Nx does not work without it either.',
    cause,
  });
}
