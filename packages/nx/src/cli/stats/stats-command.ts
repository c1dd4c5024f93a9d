import { Option } from 'commander';
import { pluginError } from '../../errors/plugin-error.ts';
import type { ResolvedOptions } from '../../options/larder-options.ts';
import type { Answer, CliIo } from '../cli-io.ts';
import type { CommandSetting } from '../command-setting.ts';
import { askLarderApi } from '../server/ask-larder-api.ts';
import { connect, type Connection } from '../server/connection.ts';
import { openWorkspace, optionsOf } from '../workspace/open-workspace.ts';
import { formatUsage } from './format-usage.ts';
import {
  parseUsageAnswer,
  usageRanges,
  type UsageAnswer,
  type UsageRange,
} from './usage-answer.ts';

interface StatsFlags {
  readonly range: UsageRange;
}

/** Adds `stats`. */
export function addStatsCommand({ program, io, answering }: CommandSetting): void {
  const range = new Option('--range <range>', 'how far back').choices(usageRanges).default('7d');
  const command = program
    .command('stats')
    .description('what the server did for the team: hits, time saved, traffic, storage')
    .addOption(range);
  answering(command, (flags: StatsFlags) => tellStats(flags, io));
}

async function tellStats({ range }: StatsFlags, io: CliIo): Promise<Answer> {
  const options = optionsOf(openWorkspace(io));
  const connection = await connect(options);
  if (connection === null) {
    throw pluginError('LARDER_CLI_NO_TOKEN', 'There is no token to ask the server with', {
      hint: 'Set LARDER_TOKEN to a token of the server.',
    });
  }
  try {
    // Says in its own words what is wrong with the way to the server, or with the token.
    await connection.client.status({ retries: 0 });
    const usage = await askUsage(connection, { range, options });
    return { text: formatUsage(usage, { url: options.url, range }), json: usage };
  } finally {
    await connection.close();
  }
}

async function askUsage(
  { url, token }: Connection,
  { range, options }: { readonly range: UsageRange; readonly options: ResolvedOptions },
): Promise<UsageAnswer> {
  const { teamId, slug } = options;
  const query = { range, ...(teamId !== null && { teamId }), ...(slug !== null && { slug }) };
  const { status, text } = await askLarderApi({ url, token, endpoint: 'usage', query });
  const usage = status === 200 ? parseUsageAnswer(text) : null;
  if (usage !== null) return usage;
  const isForbidden = status === 403;
  throw pluginError(
    'LARDER_CLI_NO_USAGE',
    isForbidden
      ? 'The token may not see the usage of this team'
      : `The server does not tell its usage (status ${String(status)})`,
    {
      hint: isForbidden
        ? 'Check LARDER_TOKEN against LARDER_TEAM_ID and LARDER_TEAM_SLUG.'
        : 'Ask a server of Larder that is as new as this plugin; other servers have no such answer.',
    },
  );
}
