import type { OpenRunRequest } from '../agent/protocol/control-api.ts';
import type { StartEstimate, Upstream } from '../agent/protocol/run-configuration.ts';
import type { ArtifactFormat } from '../identity/artifact-hash.ts';
import { credentialName } from '../options/credential-name.ts';
import type { ResolvedOptions } from '../options/larder-options.ts';

export interface RunFacts {
  readonly ownerPid: number;
  readonly contextId: string | null;
  readonly expectedFormat: ArtifactFormat;
  readonly startEstimate: StartEstimate;
  readonly expectedTasks: readonly string[];
  readonly terminalOutputsFolder: string | null;
  readonly waitsForUse: boolean;
  readonly storesFailures: boolean;
}

/** What the agent is told about a command. The options must be usable. */
export function openRunRequest(options: ResolvedOptions, facts: RunFacts): OpenRunRequest {
  const { ownerPid, contextId, ...rest } = facts;
  return {
    ownerPid,
    contextId,
    configuration: {
      ...rest,
      upstream: upstreamOf(options),
      token: options.token,
      identity: options.identity,
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

function upstreamOf({ url, teamId, slug, token, identity }: ResolvedOptions): Upstream {
  return { url, teamId, slug, credential: credentialName({ token, identity }) };
}

/** Whether there is anything to do for a command with these options. */
export function isUsable({ isConfigured, mode }: ResolvedOptions): boolean {
  return isConfigured && mode !== 'off';
}
