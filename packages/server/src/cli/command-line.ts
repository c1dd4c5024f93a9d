import { Command, CommanderError, Option } from 'commander';
import { CONFIG_VARIABLE, OPTION_SOURCES, type OptionSource } from '../options/option-sources.ts';

export interface CommandLine {
  /** Texts of the flags that were given, by option key, and `config`. */
  flags: ReadonlyMap<string, string>;
  isJson: boolean;
}

/**
 * Parses the arguments. Help, version and mistakes are printed here; then only the exit code,
 * 0 or not, is left to act on.
 */
export function parseCommandLine(
  args: readonly string[],
  version: string,
): CommandLine | { exitCode: number } {
  const flags = new Map<string, string>();
  let isJson = false;
  const command = new Command('larder-server')
    .description('Remote cache server for Nx and Turborepo.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .allowExcessArguments(false)
    .exitOverride()
    .option(
      '--json',
      'print one JSON line { url, token?, dataDirectory, pid } at the start',
      () => {
        isJson = true;
      },
    )
    .addOption(
      new Option(
        '--config <file>',
        `JSON file with any of the keys below\n(variable ${CONFIG_VARIABLE})`,
      ).argParser((text) => flags.set('config', text)),
    )
    .addHelpText('after', `\n${describeFlaglessOptions()}\n${PRECEDENCE}`);
  for (const source of OPTION_SOURCES) {
    if (source.flag === null) continue;
    command.addOption(
      new Option(source.flag, describe(source)).argParser((text) => flags.set(source.key, text)),
    );
  }

  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode };
    throw error;
  }
  return { flags, isJson };
}

const PRECEDENCE = `A flag wins over its environment variable, that over the key in the config file.
`;

function describe({ description, variable, key, defaultText }: OptionSource): string {
  return `${description}\n(variable ${variable}, key ${key}, default ${defaultText})`;
}

function describeFlaglessOptions(): string {
  return OPTION_SOURCES.filter(({ flag }) => flag === null)
    .map(
      (source) =>
        `Not as a flag, because everybody could read it there:\n  ${source.key}  ${describe(source)}\n`,
    )
    .join('\n');
}
