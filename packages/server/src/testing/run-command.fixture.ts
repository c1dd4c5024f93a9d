// Subcommands of `larder-server`, in this process.
import { runCli } from '../cli/run-cli.ts';

export interface CommandResult {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs a command on a data folder and returns what it printed. */
export async function runCommand(
  dataDirectory: string,
  args: readonly string[],
): Promise<CommandResult> {
  const printed = { out: '', err: '' };
  const capture = (stream: NodeJS.WriteStream, name: 'out' | 'err') =>
    jest.spyOn(stream, 'write').mockImplementation((text, ...rest: unknown[]) => {
      printed[name] += String(text);
      const written = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
      written?.();
      return true;
    });
  const spies = [capture(process.stdout, 'out'), capture(process.stderr, 'err')];
  try {
    return { exitCode: await runCli([...args, '--data-dir', dataDirectory]), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
