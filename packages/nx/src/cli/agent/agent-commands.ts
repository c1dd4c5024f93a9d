import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { dataLayout } from '../../agent/protocol/data-layout.ts';
import type { Answer, CliIo } from '../cli-io.ts';
import type { CommandSetting } from '../command-setting.ts';
import { dataDirectoryOf, openWorkspace, optionsOf } from '../workspace/open-workspace.ts';
import { gatherAgentFacts } from './agent-facts.ts';
import { followLog } from './follow-log.ts';
import { formatAgent, formatSpool } from './format-agent.ts';
import { stopAgent } from './stop-agent.ts';

interface StopFlags {
  readonly force?: boolean;
  readonly timeout: number;
}

interface LogFlags {
  readonly follow?: boolean;
}

/** Adds `agent status`, `agent stop` and `agent logs`. */
export function addAgentCommands({ program, io, answering }: CommandSetting): void {
  const agent = program
    .command('agent')
    .description('the background process that uploads and downloads')
    .helpCommand(false);
  answering(agent.command('status').description('whether it runs, and what waits'), () =>
    tellStatus(io),
  );
  answering(
    agent
      .command('stop')
      .description('let it finish what it is doing, and end')
      .option('--force', 'end it at once; a command that is under way fails')
      .option('--timeout <seconds>', 'how long to wait for its end', parseSeconds, 30),
    (flags: StopFlags) => stop(flags, io),
  );
  answering(
    agent
      .command('logs')
      .description('print what it wrote to its log; nothing when all is well')
      .option('--follow', 'go on until Ctrl-C'),
    (flags: LogFlags) => tellLogs(flags, io),
  );
}

async function tellStatus(io: CliIo): Promise<Answer> {
  const dataDirectory = findData(io);
  const facts = await gatherAgentFacts(dataDirectory);
  return {
    text: `Agent    ${formatAgent(facts)}\nWaiting  ${formatSpool(facts.spool)}\nData     ${dataDirectory}\n`,
    json: { dataDirectory, ...facts },
  };
}

async function stop({ force = false, timeout }: StopFlags, io: CliIo): Promise<Answer> {
  const pid = await stopAgent(findData(io), {
    isForced: force,
    timeoutMs: timeout * 1000,
    signal: io.signal,
  });
  return {
    text: pid === null ? 'No agent was running.\n' : `The agent (pid ${String(pid)}) has ended.\n`,
    json: { stoppedPid: pid },
  };
}

async function tellLogs({ follow = false }: LogFlags, io: CliIo): Promise<Answer> {
  const { log } = dataLayout(findData(io));
  if (follow) {
    await followLog(log, io);
    return { text: '', json: { file: log } };
  }
  const text = await readFile(log, 'utf8').catch(() => '');
  return { text, json: { file: log, text } };
}

function findData(io: CliIo): string {
  const workspace = openWorkspace(io);
  return dataDirectoryOf(workspace, optionsOf(workspace));
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds, at most 86400.');
}
