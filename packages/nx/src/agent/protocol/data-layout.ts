import { join } from 'node:path';

/** Where things lie in the data folder of a workspace. */
export interface DataLayout {
  /** Artifacts on their way to the server. */
  readonly spool: string;
  /** Artifacts on their way to Nx, by agent. */
  readonly downloads: string;
  readonly log: string;
  /** Report of the last run that was closed, as JSON. */
  readonly lastRun: string;
  /** Records of the last runs. */
  readonly runs: string;
  /** What Node keeps of the agent's code, ready to run. */
  readonly compileCache: string;
}

export function dataLayout(dataDirectory: string): DataLayout {
  return {
    spool: join(dataDirectory, 'spool'),
    downloads: join(dataDirectory, 'downloads'),
    log: join(dataDirectory, 'agent.log'),
    lastRun: join(dataDirectory, 'last-run.json'),
    runs: join(dataDirectory, 'runs'),
    compileCache: join(dataDirectory, 'compile-cache'),
  };
}
