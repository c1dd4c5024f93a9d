// `migrate`: from one machine to many, or from one folder to another.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { LarderError } from '../errors/larder-error.ts';
import { migrateStorage, type Migration } from '../maintenance/migrate-storage.ts';
import {
  needsDataDirectory,
  requireStored,
  type OpenStorage,
  type StorageOptions,
} from '../storage/open-storage.ts';
import { formatMigration } from './maintenance-summaries.ts';
import { print } from './print.ts';
import { createProgress } from './progress.ts';
import { addServerOptions } from './server-flags.ts';
import { STORAGE_OPTION_KEYS, withStorage } from './with-storage.ts';

interface MigrateOptions {
  from: string;
  json?: boolean;
}

/** Adds `migrate`, which works beside the servers of both sides. */
export function addMigrateCommand(program: Command): void {
  const migrate = program
    .command('migrate')
    .description(
      'copy artifacts and tokens of a data folder to where the options say, while servers use both;\n' +
        'may be done again; exit code 1 when an artifact could not be copied',
    );
  const resolveOptions = addServerOptions(migrate, STORAGE_OPTION_KEYS);
  migrate
    .requiredOption('--from <folder>', 'data folder of a server that has one for itself')
    .option('--json', 'print the summary as one JSON line')
    .action(async ({ from, json }: MigrateOptions) => {
      const migration = await migrateFrom(from, await resolveOptions());
      await print(json === true ? `${JSON.stringify(migration)}\n` : formatMigration(migration));
      requireWhole(migration);
    });
}

async function migrateFrom(directory: string, to: StorageOptions): Promise<Migration> {
  const from: StorageOptions = { ...to, dataDirectory: directory, s3: null, databaseUrl: '' };
  if (needsDataDirectory(to) && resolve(to.dataDirectory) === resolve(directory)) {
    throw new LarderError(
      'LARDER_SERVER_OPTIONS_INVALID',
      'The data folder to copy from is also the one to copy to.',
      { hint: 'Name s3 and databaseUrl, or another folder with --data-dir.' },
    );
  }
  requireStored(from);
  const progress = createProgress(process.stderr);
  return withStorage(
    from,
    (source) =>
      withStorage(to, (target) =>
        migrateStorage({
          from: storesOf(source),
          to: storesOf(target),
          onProgress: ({ copied, bytes }) => {
            progress.tell(`${copied} artifacts, ${bytes} bytes copied`);
          },
        }),
      ),
    'shared',
  );
}

function storesOf({ blobs, metadata }: OpenStorage) {
  return { blobs, index: metadata.artifacts, tokens: metadata.tokens };
}

/** @throws LarderError `LARDER_SERVER_ARTIFACTS_DAMAGED` */
function requireWhole({ failed }: Migration): void {
  if (failed.length === 0) return;
  throw new LarderError(
    'LARDER_SERVER_ARTIFACTS_DAMAGED',
    `${failed.length} artifacts could not be copied.`,
    { hint: 'Run "larder-server verify" on the folder that they are in, then migrate again.' },
  );
}
