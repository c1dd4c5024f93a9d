import type { AuthorizedConfiguration, RunConfiguration } from '../protocol/run-configuration.ts';
import type { RunAuthorization } from './run-authorization.ts';

/** Runs that cannot begin before they have a token. */
export interface RunOpenings {
  /** Gets the token; what the run is told meanwhile has to wait. */
  begin(runId: string, configuration: RunConfiguration): void;
  /** Settles when the run has begun or never will; null when there is nothing to wait for. Never rejects. */
  settled(runId: string): Promise<void> | null;
  /** The same for all runs. */
  allSettled(): Promise<unknown> | null;
  /** Whether the run got no token. */
  isRefused(runId: string): boolean;
  forget(runId: string): void;
}

export interface RunOpeningsOptions {
  readonly authorize: RunAuthorization;
  readonly onAuthorized: (runId: string, configuration: AuthorizedConfiguration) => void;
  readonly onRefused: (runId: string, error: unknown) => void;
}

export function createRunOpenings(options: RunOpeningsOptions): RunOpenings {
  const pending = new Map<string, Promise<void>>();
  const refused = new Set<string>();

  async function open(runId: string, configuration: RunConfiguration): Promise<void> {
    try {
      options.onAuthorized(runId, await options.authorize(configuration));
    } catch (error) {
      refused.add(runId);
      options.onRefused(runId, error);
    } finally {
      pending.delete(runId);
    }
  }

  return {
    begin(runId, configuration) {
      pending.set(runId, open(runId, configuration));
    },
    settled: (runId) => pending.get(runId) ?? null,
    allSettled: () => (pending.size === 0 ? null : Promise.all(pending.values())),
    isRefused: (runId) => refused.has(runId),
    forget(runId) {
      refused.delete(runId);
    },
  };
}
