// `audit` and `purge`: what to do once one knows, or fears, that an artifact is bad.
import type { Command } from 'commander';
import { removeArtifacts } from '../artifacts/remove-artifacts.ts';
import { LarderError } from '../errors/larder-error.ts';
import type { ArtifactEntry, ArtifactFilter } from '../storage/artifact-index.ts';
import type { OpenStorage } from '../storage/open-storage.ts';
import { recordPurged } from '../usage/record-removals.ts';
import { createUsageRecorder } from '../usage/usage-recorder.ts';
import { parseDurationMs, parseScope } from './arguments.ts';
import { print } from './print.ts';
import { addServerOptions } from './server-flags.ts';
import { STORAGE_OPTION_KEYS, withExistingStorage } from './with-storage.ts';

const LISTED_AT_ONCE = 500;

interface FilterOptions extends ArtifactFilter {
  olderThan?: number;
  youngerThan?: number;
}

/** Adds `audit`, which lists artifacts with who wrote them. */
export function addAuditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('list artifacts with who wrote them, one JSON line for each');
  const resolveOptions = addServerOptions(audit, STORAGE_OPTION_KEYS);
  addFilterOptions(audit).action(async (options: FilterOptions) => {
    await withExistingStorage(await resolveOptions(), (storage) =>
      printArtifacts(storage, toFilter(options)),
    );
  });
}

/** Adds `purge`, which removes artifacts, also beside a running server. */
export function addPurgeCommand(program: Command): void {
  const purge = program
    .command('purge')
    .description('remove the artifacts that meet every given condition');
  const resolveOptions = addServerOptions(purge, STORAGE_OPTION_KEYS);
  addFilterOptions(purge)
    .option('--all', 'remove everything; instead of conditions')
    .option('--dry-run', 'only list what would be removed')
    .action(async ({ all, dryRun, ...options }: PurgeOptions) => {
      const storageOptions = await resolveOptions();
      const filter = toFilter(options);
      if ((Object.keys(filter).length === 0) !== (all === true)) throw conditionsInvalid();
      await withExistingStorage(storageOptions, async (storage) => {
        if (dryRun === true) await printArtifacts(storage, filter);
        else await print(`${JSON.stringify({ removed: await remove(storage, filter) })}\n`);
      });
    });
}

interface PurgeOptions extends FilterOptions {
  all?: boolean;
  dryRun?: boolean;
}

function addFilterOptions(command: Command): Command {
  return command
    .option('--hash <hash>', 'of this hash')
    .option('--team <team>', 'of this team')
    .option('--scope <scope>', 'in this scope', parseScope)
    .option('--writer <label>', 'written with a token of this label')
    .option('--token-id <id>', 'written with this token')
    .option('--repository <name>', 'written by a CI job of this repository')
    .option('--ref <ref>', 'written by a CI job for this git ref')
    .option('--run <number>', 'written by this CI run')
    .option('--older-than <time>', 'written longer ago than this, such as 30d', parseDurationMs)
    .option('--younger-than <time>', 'written since then, such as 2h', parseDurationMs);
}

function toFilter({ olderThan, youngerThan, ...conditions }: FilterOptions): ArtifactFilter {
  const now = Date.now();
  // Commander adds what other options were given; only conditions may reach the index.
  const { hash, team, scope, writer, tokenId, repository, ref, run } = conditions;
  const filter: ArtifactFilter = {
    hash,
    team,
    scope,
    writer,
    tokenId,
    repository,
    ref,
    run,
    createdBeforeMs: olderThan === undefined ? undefined : now - olderThan,
    createdSinceMs: youngerThan === undefined ? undefined : now - youngerThan,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

async function remove({ blobs, metadata }: OpenStorage, filter: ArtifactFilter): Promise<number> {
  const recorder = createUsageRecorder();
  const count = await removeArtifacts(filter, {
    blobs,
    index: metadata.artifacts,
    onRemoved: (removed) => {
      recordPurged(recorder, removed);
    },
  });
  await metadata.usage.add(recorder.take());
  return count;
}

async function printArtifacts({ metadata }: OpenStorage, filter: ArtifactFilter): Promise<void> {
  let afterBlob = '';
  for (;;) {
    const entries = await metadata.artifacts.listSome(filter, { limit: LISTED_AT_ONCE, afterBlob });
    await print(entries.map(formatEntry).join(''));
    afterBlob = entries.at(-1)?.record.blob ?? '';
    if (entries.length < LISTED_AT_ONCE) return;
  }
}

function formatEntry({ key, record }: ArtifactEntry): string {
  const { sizeBytes, sha256, writer, tokenId, repository, ref, run, address } = record;
  const createdAt = new Date(record.createdAtMs).toISOString();
  const accessedAt = new Date(record.accessedAtMs).toISOString();
  const provenance = { writer, tokenId, repository, ref, run, address };
  return `${JSON.stringify({ ...key, sizeBytes, sha256, ...provenance, createdAt, accessedAt })}\n`;
}

function conditionsInvalid(): LarderError {
  return new LarderError(
    'LARDER_SERVER_OPTIONS_INVALID',
    'A purge needs conditions, or --all and none.',
    { hint: 'Run "larder-server purge --help" for the conditions.' },
  );
}
