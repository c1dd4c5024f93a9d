import type { OptionName } from './larder-options.ts';

const optionNames: Readonly<Record<OptionName, true>> = {
  url: true,
  token: true,
  teamId: true,
  slug: true,
  signatureKey: true,
  namespace: true,
  mode: true,
  ciMode: true,
  localMode: true,
  lookupTimeoutMs: true,
  minDownloadMs: true,
  uploadDeadlineMs: true,
  uploadRetryMs: true,
  uploadConcurrency: true,
  lookupConcurrency: true,
  maxHeldBytes: true,
  maxSpoolBytes: true,
  maxSpoolAgeMs: true,
  idleMs: true,
  dataDirectory: true,
  reportFile: true,
};

/** In the order of the documentation. */
export function allOptionNames(): OptionName[] {
  return Object.keys(optionNames) as OptionName[];
}

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(optionNames, name);
}
