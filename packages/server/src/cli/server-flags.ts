import { Option, type Command } from 'commander';
import { readEnvironment } from '../options/environment.ts';
import { mergeOptionSources } from '../options/merge-option-sources.ts';
import { CONFIG_VARIABLE, OPTION_SOURCES, type OptionSource } from '../options/option-sources.ts';
import type { ResolvedServerOptions } from '../options/server-options.ts';

/**
 * Gives a command the flags of server options: of all, or of those that it needs.
 *
 * @returns what puts flags, variables and config file together, once the command line is parsed. It
 * throws `LARDER_SERVER_OPTIONS_INVALID`, `LARDER_SERVER_CONFIG_UNREADABLE`.
 */
export function addServerOptions(
  command: Command,
  keys?: readonly OptionSource['key'][],
): () => Promise<ResolvedServerOptions> {
  const flags = new Map<string, string>();
  command.addOption(
    new Option(
      '--config <file>',
      `JSON file with any of the keys ${keys === undefined ? 'below' : 'of the server'}\n(variable ${CONFIG_VARIABLE})`,
    ).argParser((text) => flags.set('config', text)),
  );
  for (const source of OPTION_SOURCES) {
    if (source.flag === null || keys?.includes(source.key) === false) continue;
    command.addOption(
      new Option(source.flag, describeOption(source)).argParser((text) =>
        flags.set(source.key, text),
      ),
    );
  }
  return () => mergeOptionSources({ flags, environment: readEnvironment() });
}

export function describeOption({ description, variable, key, defaultText }: OptionSource): string {
  return `${description}\n(variable ${variable}, key ${key}, default ${defaultText})`;
}
