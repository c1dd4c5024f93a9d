import { isLarderError } from '@larder/client/errors';
import { CommanderError } from 'commander';
import { pluginError } from '../errors/plugin-error.ts';
import type { CliIo, ExitCode } from './cli-io.ts';
import { createProgram } from './create-program.ts';

/**
 * Runs `larder`. Help, answers and mistakes are printed. Resolves with the exit code; never rejects.
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const printed: Promise<void>[] = [];
  const program = createProgram({
    io,
    onAnswer: ({ text, json, exitCode: code = 0 }, isJson) => {
      exitCode = code;
      return io.print(isJson ? `${JSON.stringify(json, null, 2)}\n` : text);
    },
    onUsage: (text) => printed.push(io.print(text)),
    onMistake: (text) => printed.push(io.printError(text)),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    await io.printError(describe(error, args.includes('--json')));
    return 1;
  } finally {
    await Promise.all(printed);
  }
}

function describe(error: unknown, isJson: boolean): string {
  const { code, message, hint } = isLarderError(error) ? error : unexpected(error);
  return isJson
    ? `${JSON.stringify({ error: { code, message, hint } })}\n`
    : `larder: ${message} [${code}]\n${hint}\n`;
}

function unexpected(error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  return pluginError('LARDER_CLI_UNEXPECTED', `Something failed in an unexpected way: ${message}`, {
    hint: 'Report this with the command and the output of "larder status".',
    cause: error,
  });
}
