import { pluginError } from '../errors/plugin-error.ts';
import { findCiIdentity } from './ci-identity.ts';
import { larderVariables, type LarderEnvironment } from './environment.ts';
import type { OptionName, ResolvedOptions } from './larder-options.ts';
import {
  isUnset,
  parseInteger,
  parseKey,
  parseMode,
  parseText,
  parseTimeout,
  parseToken,
  parseUrl,
  type RawOption,
} from './option-value.ts';
import { findOtherToolCredential, type OtherToolCredential } from './other-tool-credential.ts';

export interface OptionInputs {
  /** `options` of the plugin's entry in nx.json, as found there. */
  readonly pluginOptions?: unknown;
  /** `tasksRunnerOptions.<name>.options` of nx.json: Larder's options among Nx's own. */
  readonly runnerOptions?: unknown;
  readonly environment: LarderEnvironment;
}

interface Settled<T> {
  readonly value: T;
  readonly source: string;
}

type SettledOptions = { readonly [Name in OptionName]: Settled<ResolvedOptions[Name]> };

/** Larder's own settings: everything but other tools' variables and defaults. */
type OwnSettings = (name: OptionName) => RawOption | null;

const pluginSource = 'nx.json plugin options';
const runnerSource = 'nx.json tasksRunnerOptions';

const vercelUrl = 'https://api.vercel.com';

/**
 * Settles every option. Each is taken from the first place that sets it: Larder's own variable, the
 * plugin's options, the tasks runner's options, another tool's variables, the default.
 *
 * Another tool's token brings its own team and address along. They are never used with a token
 * from elsewhere, and its team only where none of Larder's own settings names one.
 *
 * @throws LarderError `LARDER_OPTIONS_INVALID_VALUE`, `LARDER_OPTIONS_INVALID_URL`: names the
 * option and where it stands.
 */
export function resolveOptions(inputs: OptionInputs): ResolvedOptions {
  const { environment } = inputs;
  const pluginOptions = expectObject(inputs.pluginOptions, pluginSource);
  const runnerOptions = expectObject(inputs.runnerOptions, runnerSource);

  const own: OwnSettings = (name) =>
    [
      { name, ...ownVariable(name, environment) },
      { name, value: pluginOptions[name], source: pluginSource },
      { name, value: runnerOptions[name], source: runnerSource },
    ].find(({ value }) => !isUnset(value)) ?? null;
  const otherTool = own('token') === null ? findOtherToolCredential(environment) : null;

  const settled = settleAll(own, otherTool, environment);
  const values = pick(settled, 'value') as Pick<ResolvedOptions, OptionName>;
  const sources = pick(settled, 'source') as Record<OptionName, string>;
  // Only a server that somebody has chosen may see an identity.
  const hasServer = sources.url !== 'default';
  const identity = values.token === null && hasServer ? findCiIdentity(environment) : null;
  return {
    ...values,
    identity,
    sources,
    isConfigured: values.token !== null || identity !== null,
    isCi: environment.isCi,
    warnings: [
      ...Object.keys(pluginOptions)
        .filter((name) => !Object.hasOwn(settled, name))
        .map(
          (name) => `${pluginSource} hold "${name}", which Larder does not know; it is ignored.`,
        ),
      ...warnAboutForeignServer(values.url, sources, otherTool),
    ],
  };
}

function settleAll(
  own: OwnSettings,
  otherTool: OtherToolCredential | null,
  environment: LarderEnvironment,
): SettledOptions {
  const integer = (name: OptionName, min: number, fallback: number): Settled<number> =>
    settle(own(name), (option) => parseInteger(option, min), fallback);
  const timeout = (name: OptionName, min: number, fallback: number): Settled<number> =>
    settle(own(name), (option) => parseTimeout(option, min), fallback);
  const hasOwnTeam = own('teamId') !== null || own('slug') !== null;
  const team = hasOwnTeam ? null : otherTool;
  const turboKey: RawOption = {
    name: 'signatureKey',
    value: environment.otherTools.TURBO_REMOTE_CACHE_SIGNATURE_KEY,
    source: 'TURBO_REMOTE_CACHE_SIGNATURE_KEY',
  };

  return {
    url: settle(own('url') ?? otherTool?.url, parseUrl, vercelUrl),
    token: settle(own('token') ?? otherTool?.token, parseToken, null),
    teamId: settle(own('teamId') ?? team?.teamId, parseText, null),
    slug: settle(own('slug') ?? team?.slug, parseText, null),
    signatureKey: settle(own('signatureKey') ?? turboKey, parseKey, null),
    namespace: settle(own('namespace'), parseText, ''),
    mode: settle(modeHere(own, environment), parseMode, 'read-write'),
    ciMode: settle(own('ciMode'), parseMode, null),
    localMode: settle(own('localMode'), parseMode, null),
    lookupTimeoutMs: timeout('lookupTimeoutMs', 1, 1500),
    minDownloadMs: timeout('minDownloadMs', 0, 10_000),
    uploadDeadlineMs: timeout('uploadDeadlineMs', 0, 60_000),
    uploadRetryMs: timeout('uploadRetryMs', 1, 5_000),
    uploadConcurrency: integer('uploadConcurrency', 1, 8),
    lookupConcurrency: integer('lookupConcurrency', 1, 32),
    maxHeldBytes: integer('maxHeldBytes', 0, 1024 ** 2),
    maxSpoolBytes: integer('maxSpoolBytes', 0, 2 * 1024 ** 3),
    maxSpoolAgeMs: integer('maxSpoolAgeMs', 0, 7 * 24 * 60 * 60 * 1000),
    idleMs: timeout('idleMs', 0, environment.isCi ? 0 : 5 * 60 * 1000),
    dataDirectory: settle(own('dataDirectory'), parseText, null),
    reportFile: settle(own('reportFile'), parseText, null),
  };
}

/** The mode's variable is about this very command, so it wins over what nx.json says of CI. */
function modeHere(own: OwnSettings, { isCi }: LarderEnvironment): RawOption | null {
  const mode = own('mode');
  if (mode?.source === larderVariables.mode) return mode;
  return own(isCi ? 'ciMode' : 'localMode') ?? mode;
}

function settle<T, Fallback>(
  option: RawOption | null | undefined,
  parse: (option: RawOption) => T,
  fallback: Fallback,
): Settled<T | Fallback> {
  return option == null || isUnset(option.value)
    ? { value: fallback, source: 'default' }
    : { value: parse(option), source: option.source };
}

function ownVariable(
  name: OptionName,
  { larder }: LarderEnvironment,
): { readonly value: string | null; readonly source: string } {
  const variables: Readonly<Partial<Record<OptionName, string>>> = larderVariables;
  const source = variables[name];
  return source === undefined
    ? { value: null, source: 'default' }
    : { value: larder[name as keyof typeof larderVariables], source };
}

function expectObject(value: unknown, source: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw pluginError('LARDER_OPTIONS_INVALID_VALUE', `${source} must be an object`, {
      hint: `Write the ${source} as { "name": value }.`,
    });
  }
  return value as Record<string, unknown>;
}

function pick<Key extends 'value' | 'source'>(
  settled: SettledOptions,
  key: Key,
): Record<string, Settled<unknown>[Key]> {
  return Object.fromEntries(Object.entries(settled).map(([name, each]) => [name, each[key]]));
}

function warnAboutForeignServer(
  url: string,
  sources: Readonly<Record<OptionName, string>>,
  otherTool: OtherToolCredential | null,
): string[] {
  const { hostname } = new URL(url);
  const isVercel = hostname === 'vercel.com' || hostname.endsWith('.vercel.com');
  return otherTool?.isForVercel === true && !isVercel
    ? [
        `The token in ${sources.token} is for Vercel, but ${sources.url} names ${hostname}: set LARDER_TOKEN to a token of that server.`,
      ]
    : [];
}
