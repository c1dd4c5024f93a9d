import { readFile } from 'node:fs/promises';
import { LarderError } from '../errors/larder-error.ts';
import { messageOf } from '../errors/message-of.ts';

/**
 * Reads the config file: one JSON object with the keys of `ServerOptions`, which are not checked
 * here.
 *
 * @throws LarderError `LARDER_SERVER_CONFIG_UNREADABLE`
 */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const content = parseJson(await readText(path));
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Record<string, unknown>;
  }
  throw unreadable(path, 'it is not a JSON object');
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, messageOf(error));
  }
}

/** Undefined for what is no JSON. The parser's message quotes the file, which may hold tokens. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, reason: string): LarderError {
  return new LarderError('LARDER_SERVER_CONFIG_UNREADABLE', `Cannot use ${path}: ${reason}.`, {
    hint: 'Correct the file or name another one with --config.',
  });
}
