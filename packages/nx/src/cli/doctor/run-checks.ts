import type { CliIo } from '../cli-io.ts';
import { dataDirectoryOf, openWorkspace, optionsOf } from '../workspace/open-workspace.ts';
import { addressCheck } from './address-check.ts';
import type { Check, DoctorFacts, Finding } from './check.ts';
import { clockCheck } from './clock-check.ts';
import { contactServer } from './contact-server.ts';
import { agentCheck, dataFolderCheck } from './machine-checks.ts';
import { nxVersionCheck, pluginCheck, rivalCacheCheck } from './nx-checks.ts';
import { optionsCheck } from './options-check.ts';
import { roundTripCheck, signatureKeyCheck } from './round-trip-checks.ts';
import { accessCheck, tokenCheck } from './token-checks.ts';

export interface CheckedFinding extends Finding {
  readonly id: string;
  readonly title: string;
}

/** From what everything depends on to what depends on everything. */
export const checks: readonly Check[] = [
  nxVersionCheck,
  pluginCheck,
  rivalCacheCheck,
  optionsCheck,
  dataFolderCheck,
  agentCheck,
  addressCheck,
  clockCheck,
  tokenCheck,
  accessCheck,
  roundTripCheck,
  signatureKeyCheck,
];

/** Examines the workspace of the working folder, its server included. */
export async function runChecks(io: Pick<CliIo, 'variables'>): Promise<CheckedFinding[]> {
  const facts = await gatherFacts(io);
  try {
    const findings: CheckedFinding[] = [];
    for (const { id, title, examine } of checks) {
      findings.push({ id, title, ...(await examine(facts)) });
    }
    return findings;
  } finally {
    await facts.contact?.connection?.close();
  }
}

async function gatherFacts(io: Pick<CliIo, 'variables'>): Promise<DoctorFacts> {
  const workspace = openWorkspace(io);
  const options = attempt(() => optionsOf(workspace));
  const dataDirectory = attempt(() =>
    options.value === null ? null : dataDirectoryOf(workspace, options.value),
  );
  return {
    workspace,
    options: options.value,
    optionsError: options.error,
    dataDirectory: dataDirectory.value,
    dataDirectoryError: dataDirectory.error,
    contact: options.value === null ? null : await contactServer(options.value),
  };
}

/** What goes wrong is a finding of its own check. */
function attempt<T>(action: () => T): { readonly value: T | null; readonly error: unknown } {
  try {
    return { value: action(), error: null };
  } catch (error) {
    return { value: null, error };
  }
}
