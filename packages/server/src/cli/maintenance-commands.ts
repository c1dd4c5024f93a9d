// `verify` and `rebuild`: what to do once one knows, or fears, that the disk has lost something.
import type { Command } from 'commander';
import { LarderError } from '../errors/larder-error.ts';
import { rebuildStorage } from '../maintenance/rebuild-storage.ts';
import { verifyArtifacts, type Verification } from '../maintenance/verify-artifacts.ts';
import type { StorageOptions } from '../storage/open-storage.ts';
import { formatRebuild, formatVerification } from './maintenance-summaries.ts';
import { print } from './print.ts';
import { createProgress } from './progress.ts';
import { addServerOptions } from './server-flags.ts';
import { STORAGE_OPTION_KEYS, withExistingStorage } from './with-storage.ts';

interface SummaryOptions {
  json?: boolean;
}

/** Adds `verify`, which reads every artifact, also beside a running server. */
export function addVerifyCommand(program: Command): void {
  const verify = program
    .command('verify')
    .description(
      'read every artifact and take damaged ones out of service; exit code 1 when there were any',
    );
  const resolveOptions = addServerOptions(verify, STORAGE_OPTION_KEYS);
  verify
    .option('--json', 'print the summary as one JSON line')
    .action(async ({ json }: SummaryOptions) => {
      const verification = await verifyStorage(await resolveOptions());
      await print(
        json === true ? `${JSON.stringify(verification)}\n` : formatVerification(verification),
      );
      requireSound(verification);
    });
}

/** Adds `rebuild`, which makes the index again; not while a server runs. */
export function addRebuildCommand(program: Command): void {
  const rebuild = program
    .command('rebuild')
    .description('make the index again from the artifacts; no server may use the data folder');
  const resolveOptions = addServerOptions(rebuild, STORAGE_OPTION_KEYS);
  rebuild
    .option('--json', 'print the summary as one JSON line')
    .action(async ({ json }: SummaryOptions) => {
      const result = await rebuildStorage(await resolveOptions());
      await print(json === true ? `${JSON.stringify(result)}\n` : formatRebuild(result));
    });
}

/** @throws LarderError `LARDER_SERVER_ARTIFACTS_DAMAGED` */
function requireSound({ quarantined, missing, unreadable }: Verification): void {
  const count = quarantined.length + missing.length + unreadable.length;
  if (count === 0) return;
  throw new LarderError(
    'LARDER_SERVER_ARTIFACTS_DAMAGED',
    `${count} artifacts were damaged or lost.`,
    { hint: 'Check the health of the storage that holds the artifacts.' },
  );
}

function verifyStorage(options: StorageOptions): Promise<Verification> {
  const progress = createProgress(process.stderr);
  return withExistingStorage(
    options,
    ({ blobs, metadata }) =>
      verifyArtifacts({
        blobs,
        index: metadata.artifacts,
        onProgress: ({ artifacts, bytes }) => {
          progress.tell(`${artifacts} artifacts, ${bytes} bytes verified`);
        },
      }),
    'shared',
  );
}
