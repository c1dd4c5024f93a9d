import type { OpenRunRequest } from '../agent/protocol/control-api.ts';
import type { StartEstimate } from '../agent/protocol/run-configuration.ts';
import type { ArtifactFormat } from '../identity/artifact-hash.ts';
import type { ResolvedOptions } from '../options/larder-options.ts';

export interface RunFacts {
  readonly ownerPid: number;
  readonly contextId: string | null;
  readonly format: ArtifactFormat;
  readonly startEstimate: StartEstimate;
  readonly expectedTasks: readonly string[];
  readonly terminalOutputsFolder: string | null;
  readonly waitsForUse: boolean;
  readonly storesFailures: boolean;
}

/** What the agent is told about a command. The options must be configured: there is a token. */
export function openRunRequest(
  options: ResolvedOptions & { readonly token: string },
  facts: RunFacts,
): OpenRunRequest {
  const { ownerPid, contextId, ...rest } = facts;
  return {
    ownerPid,
    contextId,
    configuration: {
      ...rest,
      upstream: { url: options.url, teamId: options.teamId, slug: options.slug },
      token: options.token,
      signatureKey: options.signatureKey,
      namespace: options.namespace,
      mode: options.mode,
      isCi: options.isCi,
      lookupTimeoutMs: options.lookupTimeoutMs,
      minDownloadMs: options.minDownloadMs,
      lookupConcurrency: options.lookupConcurrency,
      uploadConcurrency: options.uploadConcurrency,
      uploadDeadlineMs: options.uploadDeadlineMs,
      uploadRetryMs: options.uploadRetryMs,
      maxHeldBytes: options.maxHeldBytes,
      maxSpoolBytes: options.maxSpoolBytes,
      maxSpoolAgeMs: options.maxSpoolAgeMs,
      idleMs: options.idleMs,
    },
  };
}

/** Whether there is anything to do for a command with these options. */
export function isUsable(
  options: ResolvedOptions,
): options is ResolvedOptions & { readonly token: string } {
  return options.token !== null && options.mode !== 'off';
}
