import { Option, type Command } from 'commander';
import { evictionLimitsOf } from '../eviction/limits-of-options.ts';
import { USAGE_RANGE_NAMES, type UsageRange } from '../usage/usage-ranges.ts';
import { createUsageReport } from '../usage/usage-report.ts';
import { parseTeam } from './arguments.ts';
import { formatUsage } from './format-usage.ts';
import { print } from './print.ts';
import { addServerOptions } from './server-flags.ts';
import { STORAGE_OPTION_KEYS, withExistingStorage } from './with-storage.ts';

interface UsageOptions {
  range: UsageRange;
  team?: string;
  json?: boolean;
}

/** Adds `usage`, which tells what the server did, also beside one that runs. */
export function addUsageCommand(program: Command): void {
  const usage = program
    .command('usage')
    .description('tell what the cache was good for; a running server is up to 5 seconds ahead');
  const resolveOptions = addServerOptions(usage, [
    ...STORAGE_OPTION_KEYS,
    'maxStoreSizeBytes',
    'maxTeamSizeBytes',
  ]);
  usage
    .addOption(
      new Option('--range <range>', 'how far to look back')
        .choices([...USAGE_RANGE_NAMES])
        .default('24h'),
    )
    .option('--team <team>', 'only of this team', parseTeam)
    .option('--json', 'print one JSON line, as GET /larder/v1/usage answers')
    .action(async ({ range, team, json }: UsageOptions) => {
      const options = await resolveOptions();
      const report = await withExistingStorage(options, ({ metadata }) =>
        createUsageReport(
          { range, teams: team === undefined ? null : [team] },
          {
            usage: metadata.usage,
            index: metadata.artifacts,
            limits: evictionLimitsOf(options),
            nowMs: Date.now(),
          },
        ),
      );
      await print(json === true ? `${JSON.stringify(report)}\n` : formatUsage(report));
    });
}
