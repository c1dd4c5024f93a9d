import { Command, CommanderError } from 'commander';
import type { ServerErrorCode } from '../errors/error-codes.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { readPackageVersion } from '../package-version.ts';
import { addAuditCommand, addPurgeCommand } from './artifact-commands.ts';
import { addRebuildCommand, addVerifyCommand } from './maintenance-commands.ts';
import { addMigrateCommand } from './migrate-command.ts';
import { configureServeCommand } from './serve-command.ts';
import { addTokenCommands } from './token-commands.ts';
import { addUsageCommand } from './usage-command.ts';

const EXIT_OK = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Mistakes in how the server was called, as opposed to what it met. */
const USAGE_ERRORS: ReadonlySet<ServerErrorCode> = new Set([
  'LARDER_SERVER_OPTIONS_INVALID',
  'LARDER_SERVER_CONFIG_UNREADABLE',
  'LARDER_SERVER_HOST_NEEDS_TOKENS',
]);

/**
 * Runs `larder-server`: without a subcommand until it is told to stop. Help, version and mistakes
 * are printed. Resolves with the exit code.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    if (!isLarderError(error)) throw error;
    process.stderr.write(`larder-server: ${error.message} [${error.code}]\n${error.hint}\n`);
    return USAGE_ERRORS.has(error.code) ? EXIT_USAGE : EXIT_FAILED;
  }
}

function createProgram(): Command {
  const version = readPackageVersion();
  const program = new Command('larder-server')
    .description('Remote cache server for Nx and Turborepo. Without a command it serves.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    // Subcommands take this over.
    .exitOverride()
    // A flag behind a subcommand is the subcommand's.
    .enablePositionalOptions();
  configureServeCommand(program, version);
  addTokenCommands(program);
  addUsageCommand(program);
  addAuditCommand(program);
  addPurgeCommand(program);
  addVerifyCommand(program);
  addRebuildCommand(program);
  addMigrateCommand(program);
  return program;
}
