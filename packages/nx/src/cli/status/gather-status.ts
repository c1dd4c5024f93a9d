import { rivalPreferred } from '../../doors/notices.ts';
import { noticesOf } from '../../doors/notices.ts';
import { flagInTheWay } from '../../nx-facts/cache-flags.ts';
import { findRivalCache } from '../../nx-facts/rival-cache.ts';
import type { CacheMode, OptionName, ResolvedOptions } from '../../options/larder-options.ts';
import { allOptionNames } from '../../options/option-names.ts';
import { packageVersion } from '../../package-version.ts';
import { gatherAgentFacts, type AgentFacts } from '../agent/agent-facts.ts';
import type { CliIo } from '../cli-io.ts';
import { gatherServerFacts, type ServerFacts } from '../server/server-facts.ts';
import {
  dataDirectoryOf,
  doorOf,
  openWorkspace,
  optionsOf,
  type CliWorkspace,
  type Door,
} from '../workspace/open-workspace.ts';

/** All that `larder status` tells. Holds no secrets. */
export interface Status {
  readonly version: string;
  readonly nxVersion: string;
  readonly workspaceRoot: string;
  readonly dataDirectory: string;
  /** Null: nx.json does not name the plugin where this Nx looks for it. */
  readonly door: Door | null;
  readonly mode: CacheMode;
  readonly isCi: boolean;
  readonly options: readonly OptionFact[];
  readonly agent: AgentFacts;
  readonly server: ServerFacts;
  /** What keeps the cache from being used, or looks like a mistake. */
  readonly notices: readonly string[];
}

export interface OptionFact {
  readonly name: OptionName;
  /** Null: not set. A secret only tells its length. */
  readonly value: string | number | null;
  readonly isSecret: boolean;
  /** A variable's name, a place in nx.json, or `default`. */
  readonly source: string;
}

const secretOptions: readonly OptionName[] = ['token', 'signatureKey'];

/** @throws LarderError what {@link openWorkspace} and {@link optionsOf} throw. */
export async function gatherStatus(io: Pick<CliIo, 'variables'>): Promise<Status> {
  const workspace = openWorkspace(io);
  const options = optionsOf(workspace);
  const dataDirectory = dataDirectoryOf(workspace, options);
  const [agent, server] = await Promise.all([
    gatherAgentFacts(dataDirectory),
    gatherServerFacts(options),
  ]);
  return {
    version: packageVersion(),
    nxVersion: workspace.nx.text,
    workspaceRoot: workspace.root,
    dataDirectory,
    door: doorOf(workspace),
    mode: options.mode,
    isCi: options.isCi,
    options: allOptionNames().map((name) => optionFact(options, name)),
    agent,
    server,
    notices: noticesFor(workspace, options),
  };
}

function optionFact(options: ResolvedOptions, name: OptionName): OptionFact {
  const value = options[name];
  const isSecret = secretOptions.includes(name);
  return {
    name,
    value: isSecret && value !== null ? mask(String(value)) : value,
    isSecret,
    source: options.sources[name],
  };
}

/** The length tells a token that was cut off, or has something around it. */
function mask(secret: string): string {
  return `•••• (${String(secret.length)} characters)`;
}

function noticesFor(workspace: CliWorkspace, options: ResolvedOptions): string[] {
  const { nxJson, nx, environment, root } = workspace;
  const notices = noticesOf(options);
  if (options.mode === 'off') notices.push('Larder: the mode is "off": the cache is not used.');
  if (doorOf(workspace) === 'hooks') {
    const rival = findRivalCache({
      nxJson,
      nxVersion: nx.version,
      environment: environment.nx,
      workspaceRoot: root,
    });
    if (rival !== null) notices.push(rivalPreferred(rival));
  }
  const flag = flagInTheWay(nxJson, nx.version);
  if (flag !== null) {
    notices.push(`Larder: "${flag}" in nx.json keeps Nx from asking it. Remove the flag.`);
  }
  return notices.map((notice) =>
    notice.replace(/^Larder: (.)/, (_, first: string) => first.toUpperCase()),
  );
}
