import { isLarderError } from '../errors/larder-error.ts';
import { createServer } from '../create-server.ts';
import type { ServerErrorCode } from '../errors/error-codes.ts';
import { readEnvironment } from '../options/environment.ts';
import { mergeOptionSources } from '../options/merge-option-sources.ts';
import { readPackageVersion } from '../package-version.ts';
import { parseCommandLine } from './command-line.ts';
import { waitForStopSignal } from './stop-signal.ts';
import { formatStartLine, formatStartMessage } from './start-message.ts';

const EXIT_OK = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Mistakes in how the server was called, as opposed to what it met. */
const USAGE_ERRORS: ReadonlySet<ServerErrorCode> = new Set([
  'LARDER_SERVER_OPTIONS_INVALID',
  'LARDER_SERVER_CONFIG_UNREADABLE',
  'LARDER_SERVER_HOST_NEEDS_TOKENS',
]);

/** Runs `larder-server` until it is told to stop; resolves with the exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  const version = readPackageVersion();
  const commandLine = parseCommandLine(args, version);
  if ('exitCode' in commandLine) return commandLine.exitCode === 0 ? EXIT_OK : EXIT_USAGE;

  try {
    await serve(commandLine, version);
    return EXIT_OK;
  } catch (error) {
    if (!isLarderError(error)) throw error;
    process.stderr.write(`larder-server: ${error.message} [${error.code}]\n${error.hint}\n`);
    return USAGE_ERRORS.has(error.code) ? EXIT_USAGE : EXIT_FAILED;
  }
}

async function serve(
  { flags, isJson }: { flags: ReadonlyMap<string, string>; isJson: boolean },
  version: string,
): Promise<void> {
  const options = await mergeOptionSources({ flags, environment: readEnvironment() });
  const server = await createServer(options);
  const stopped = waitForStopSignal();
  try {
    const { dataDirectory, token } = server;
    const start = { url: await server.listen(), token, dataDirectory, pid: process.pid, version };
    process.stdout.write(isJson ? formatStartLine(start) : formatStartMessage(start));
    await stopped.signal;
  } finally {
    await server.close();
    stopped.dispose();
  }
}
