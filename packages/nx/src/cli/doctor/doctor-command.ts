import { formatCount } from '../../format/format-count.ts';
import type { Answer, CliIo } from '../cli-io.ts';
import type { CommandSetting } from '../command-setting.ts';
import { runChecks, type CheckedFinding } from './run-checks.ts';

/** Adds `doctor`. */
export function addDoctorCommand({ program, io, answering }: CommandSetting): void {
  const command = program
    .command('doctor')
    .description(
      'find out what is wrong; stores a tiny artifact and fetches it, where the mode allows it',
    );
  answering(command, () => examine(io));
}

async function examine(io: CliIo): Promise<Answer> {
  const findings = await runChecks(io);
  const count = (result: CheckedFinding['result']) =>
    findings.filter((finding) => finding.result === result).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const sum =
    problems + warnings === 0
      ? 'All is well.'
      : [formatCount(problems, 'problem'), formatCount(warnings, 'warning')].join(', ');
  return {
    text: `${findings.map(formatFinding).join('')}\n${sum}\n`,
    json: { problems, warnings, findings },
    exitCode: problems > 0 ? 1 : 0,
  };
}

function formatFinding({ result, title, message, remedy, code }: CheckedFinding): string {
  const name = code === null ? message : `${message} (${code})`;
  const lines = [`${result.padEnd(9)}${title.padEnd(15)}${name}`];
  if (remedy !== null) lines.push(`${' '.repeat(24)}→ ${remedy}`);
  return `${lines.join('\n')}\n`;
}
