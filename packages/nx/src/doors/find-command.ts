import { readdir, readFile, readlink } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { PreContext } from '../nx-facts/nx-contexts.ts';

/** The process of an Nx command, as the system shows it to its user. */
export interface NxCommand {
  readonly pid: number;
  /** What it was started with. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The command that a hook in Nx's daemon is called for. The daemon has one environment, that of the
 * command that spoke to it last: of two at once each would get the other's credentials. Null when the
 * system does not tell; only Linux does, in `/proc`. Null as well when several commands with the same
 * arguments run in the workspace.
 */
export async function findCommand({
  argv,
  workspaceRoot,
}: Pick<PreContext, 'argv' | 'workspaceRoot'>): Promise<NxCommand | null> {
  const [, script, ...args] = argv ?? [];
  if (process.platform !== 'linux' || script === undefined) return null;
  const candidates = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readCommand(Number(name), { script, args, workspaceRoot })),
  );
  const [command, ...others] = candidates.filter((candidate) => candidate !== null);
  return command && others.length === 0 ? command : null;
}

interface CommandLine {
  readonly script: string;
  readonly args: readonly string[];
  readonly workspaceRoot: string;
}

/** Null when the process is another one, has ended, or is somebody else's. */
async function readCommand(pid: number, wanted: CommandLine): Promise<NxCommand | null> {
  try {
    const folder = `/proc/${String(pid)}`;
    // Node's own options, if there are any, stand between the executable and the script.
    const words = split(await readFile(`${folder}/cmdline`, 'utf8'));
    const script = words.at(-1 - wanted.args.length);
    if (words.length < wanted.args.length + 2 || script === undefined) return null;
    if (wanted.args.some((arg, index) => arg !== words.at(index - wanted.args.length))) return null;
    const cwd = await readlink(`${folder}/cwd`);
    if (resolve(cwd, script) !== wanted.script) return null;
    if (!`${cwd}${sep}`.startsWith(`${wanted.workspaceRoot}${sep}`)) return null;
    const variables = split(await readFile(`${folder}/environ`, 'utf8')).map(
      (text): [string, string] => {
        const end = text.indexOf('=');
        return [text.slice(0, end), text.slice(end + 1)];
      },
    );
    return { pid, environment: Object.fromEntries(variables) };
  } catch {
    return null;
  }
}

/** What `/proc` separates, and ends, by zero bytes. */
function split(text: string): string[] {
  return text.split('\0').slice(0, -1);
}
