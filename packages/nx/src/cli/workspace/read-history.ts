import { dataLayout } from '../../agent/protocol/data-layout.ts';
import { pluginError } from '../../errors/plugin-error.ts';
import { createRunHistory } from '../../history/run-history.ts';
import type { RunRecord } from '../../history/run-record.ts';

/**
 * The last commands of a data folder, the newest first; at least one.
 *
 * @throws LarderError `LARDER_CLI_NO_RUN`
 */
export async function readHistory(dataDirectory: string): Promise<RunRecord[]> {
  const records = await createRunHistory(dataLayout(dataDirectory).runs).list();
  if (records.length > 0) return records;
  throw pluginError('LARDER_CLI_NO_RUN', `No command is recorded in ${dataDirectory}`, {
    hint: 'Run a command that uses the cache, such as "npx nx run-many -t build"; when there is still none, look at "larder status".',
  });
}
