import type { Answer, CliIo } from '../cli-io.ts';
import type { CommandSetting } from '../command-setting.ts';
import { formatStatus } from './format-status.ts';
import { gatherStatus } from './gather-status.ts';

/** Adds `status`. */
export function addStatusCommand({ program, io, answering }: CommandSetting): void {
  const command = program
    .command('status')
    .description('options and where they come from, the background process, the server');
  answering(command, () => tellStatus(io));
}

async function tellStatus(io: CliIo): Promise<Answer> {
  const status = await gatherStatus(io);
  const isWell =
    status.door !== null && status.notices.length === 0 && status.server.trouble === null;
  return { text: formatStatus(status), json: status, exitCode: isWell ? 0 : 1 };
}
