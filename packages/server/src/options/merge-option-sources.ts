import { LarderError } from '../errors/larder-error.ts';
import { readConfigFile } from './config-file.ts';
import { CONFIG_VARIABLE, OPTION_SOURCES, type OptionSource } from './option-sources.ts';
import { resolveServerOptions, type ResolvedServerOptions } from './server-options.ts';

export interface OptionInputs {
  /** Texts of the flags that were given, by option key; `config` names the config file. */
  flags: ReadonlyMap<string, string>;
  /** Texts of the variables that are set, by name. */
  environment: ReadonlyMap<string, string>;
}

/**
 * Puts the options together: a flag wins over a variable, that over the config file, that over the
 * default.
 *
 * @throws LarderError `LARDER_SERVER_OPTIONS_INVALID`, naming the flag, variable or key at fault;
 * `LARDER_SERVER_CONFIG_UNREADABLE`.
 */
export async function mergeOptionSources(inputs: OptionInputs): Promise<ResolvedServerOptions> {
  const { flags, environment } = inputs;
  const configPath = flags.get('config') ?? environment.get(CONFIG_VARIABLE);
  const values = configPath === undefined ? {} : await readConfigFile(configPath);
  const names = new Map<string, string>();

  for (const source of OPTION_SOURCES) {
    const flag = flags.get(source.key);
    const text = flag ?? environment.get(source.variable);
    if (text === undefined) continue;
    const name = flag === undefined ? source.variable : flagName(source);
    values[source.key] = parseText(text, source, name);
    names.set(source.key, name);
  }
  return resolveServerOptions(values, (key) => names.get(key) ?? key);
}

/** Texts that are no number stay texts, for the check of all options to name. */
function parseText(text: string, { kind }: OptionSource, name: string): unknown {
  if (kind === 'integer') return /^\d+$/.test(text) ? Number(text) : text;
  if (kind === 'text') return text;
  if (kind === 'list') return text.split(',').map((item) => item.trim());
  try {
    return JSON.parse(text);
  } catch {
    // No cause: the parser's message quotes the text, which holds tokens.
    throw new LarderError('LARDER_SERVER_OPTIONS_INVALID', `${name} is not JSON.`, {
      hint: `Set ${name} to JSON, see "larder-server --help".`,
    });
  }
}

function flagName({ flag, key }: OptionSource): string {
  return flag?.split(' ')[0] ?? key;
}
