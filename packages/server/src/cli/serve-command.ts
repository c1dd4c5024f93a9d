import type { Command } from 'commander';
import { createServer } from '../create-server.ts';
import { OPTION_SOURCES } from '../options/option-sources.ts';
import type { ResolvedServerOptions } from '../options/server-options.ts';
import { addServerOptions, describeOption } from './server-flags.ts';
import { formatStartLine, formatStartMessage } from './start-message.ts';
import { waitForStopSignal } from './stop-signal.ts';

const PRECEDENCE = `A flag wins over its environment variable, that over the key in the config file.
`;

/** Makes the program itself, without a subcommand, start the server. */
export function configureServeCommand(program: Command, version: string): void {
  const resolveOptions = addServerOptions(program);
  program
    .allowExcessArguments()
    .option('--json', 'print one JSON line { url, token?, dataDirectory?, pid } at the start')
    .addHelpText('after', `\n${describeFlaglessOptions()}\n${PRECEDENCE}`)
    .action(async ({ json: isJson = false }: { json?: boolean }) => {
      const [unknown] = program.args;
      if (unknown !== undefined) program.error(`error: unknown command '${unknown}'`);
      await serve(await resolveOptions(), { isJson, version });
    });
}

async function serve(
  options: ResolvedServerOptions,
  { isJson, version }: { isJson: boolean; version: string },
): Promise<void> {
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

function describeFlaglessOptions(): string {
  return OPTION_SOURCES.filter(({ flag }) => flag === null)
    .map(
      (source) =>
        `Not as a flag, because everybody could read it there:\n  ${source.key}  ${describeOption(source)}\n`,
    )
    .join('\n');
}
