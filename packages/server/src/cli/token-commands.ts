import { Option, type Command } from 'commander';
import { LarderError } from '../errors/larder-error.ts';
import { createToken } from '../tokens/create-token.ts';
import type { TokenAccess } from '../tokens/server-token.ts';
import { isUsable, type StoredToken } from '../tokens/token-store.ts';
import type { ArtifactScope } from '../trust/artifact-scope.ts';
import { parseDurationMs, parseLabel, parseScope, parseTeam } from './arguments.ts';
import { formatTable } from './format-table.ts';
import { print } from './print.ts';
import { addServerOptions } from './server-flags.ts';
import { STORAGE_OPTION_KEYS, withExistingStorage, withStorage } from './with-storage.ts';

interface CreateOptions {
  label: string;
  access: TokenAccess;
  scope: ArtifactScope;
  team: string[];
  expiresIn?: number;
  json?: boolean;
}

/** Adds `token create`, `token list` and `token revoke`, which work beside a running server. */
export function addTokenCommands(program: Command): void {
  const token = program
    .command('token')
    .description('create, list and revoke tokens; a running server goes by them at once')
    .helpCommand(false);
  addCreateCommand(token);
  addListCommand(token);
  addRevokeCommand(token);
}

function addCreateCommand(token: Command): void {
  const create = token.command('create').description('create a token and print it, once');
  const resolveOptions = addServerOptions(create, STORAGE_OPTION_KEYS);
  create
    .requiredOption(
      '--label <text>',
      'name in lists, logs and the records of artifacts',
      parseLabel,
    )
    .addOption(
      new Option('--access <access>', 'what it is good for')
        .choices(['read', 'read-write'])
        .makeOptionMandatory(),
    )
    .option(
      '--scope <scope>',
      '"trusted", or "isolated:<name>" for jobs whose code nobody has reviewed',
      parseScope,
      'trusted' as ArtifactScope,
    )
    .option(
      '--team <team>',
      'team that it may use, may be repeated; without one: every team',
      (team: string, teams: string[]) => [...teams, parseTeam(team)],
      [] as string[],
    )
    .option('--expires-in <time>', 'such as 12h or 90d; without it: never', parseDurationMs)
    .option('--json', 'print one JSON line { token, id, … }')
    .action(async (options: CreateOptions) => {
      const storageOptions = await resolveOptions();
      const now = Date.now();
      const { token: text, stored } = createToken(
        {
          label: options.label,
          access: options.access,
          scope: options.scope,
          teams: options.team.length === 0 ? null : options.team,
          origin: null,
          expiresAtMs: options.expiresIn === undefined ? null : now + options.expiresIn,
        },
        now,
      );
      await withStorage(storageOptions, ({ metadata }) => metadata.tokens.add(stored));
      await print(
        options.json === true
          ? `${JSON.stringify({ token: text, ...describe(stored) })}\n`
          : `${text}\n`,
      );
    });
}

function addListCommand(token: Command): void {
  const list = token.command('list').description('list the tokens that are good');
  const resolveOptions = addServerOptions(list, STORAGE_OPTION_KEYS);
  list
    .option('--all', 'revoked and expired ones too')
    .option('--json', 'print one JSON line for each')
    .action(async ({ all, json }: { all?: boolean; json?: boolean }) => {
      const tokens = (
        await withExistingStorage(await resolveOptions(), ({ metadata }) => metadata.tokens.list())
      ).filter((each) => all === true || isUsable(each, Date.now()));
      await print(
        json === true
          ? tokens.map((each) => `${JSON.stringify(describe(each))}\n`).join('')
          : formatTokens(tokens),
      );
    });
}

function addRevokeCommand(token: Command): void {
  const revoke = token.command('revoke').description('make tokens unusable, at once and for good');
  const resolveOptions = addServerOptions(revoke, STORAGE_OPTION_KEYS);
  revoke.argument('<id...>', 'as "token list" shows it').action(async (ids: string[]) => {
    const unknown = await withExistingStorage(await resolveOptions(), async ({ metadata }) => {
      const results = await Promise.all(ids.map((id) => metadata.tokens.revoke(id, Date.now())));
      return ids.filter((_id, number) => results[number] === false);
    });
    if (unknown.length > 0) throw tokenUnknown(unknown);
  });
}

function describe(token: StoredToken) {
  const { id, label, access, scope, teams, origin } = token;
  return {
    id,
    label,
    access,
    scope,
    teams,
    origin,
    createdAt: toIso(token.createdAtMs),
    expiresAt: toIso(token.expiresAtMs),
    revokedAt: toIso(token.revokedAtMs),
  };
}

function formatTokens(tokens: readonly StoredToken[]): string {
  return formatTable(
    ['id', 'label', 'access', 'scope', 'teams', 'created', 'expires', 'state'],
    tokens.map((token) => [
      token.id,
      token.label,
      token.access,
      token.scope,
      token.teams?.join(',') ?? 'every',
      toIso(token.createdAtMs) ?? '',
      toIso(token.expiresAtMs) ?? 'never',
      stateOf(token),
    ]),
  );
}

function stateOf(token: StoredToken): string {
  if (token.revokedAtMs !== null) return 'revoked';
  return isUsable(token, Date.now()) ? 'good' : 'expired';
}

function toIso(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}

function tokenUnknown(ids: readonly string[]): LarderError {
  return new LarderError(
    'LARDER_SERVER_TOKEN_UNKNOWN',
    `There is no token to revoke with the id ${ids.join(', ')}.`,
    { hint: 'Run "larder-server token list --all" for the ids of all tokens.' },
  );
}
