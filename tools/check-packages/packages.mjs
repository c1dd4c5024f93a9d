/**
 * The published packages, by folder: what the linters are told about each, and the most that it may
 * weigh. A ceiling is somewhat above what there is, so that growth is noticed: raise it on purpose.
 */
export const PACKAGES = {
  client: { publint: ['--strict'], attw: [], maxPackedKb: 70, maxUnpackedKb: 260 },
  nx: {
    // Nx 16 to 20 load a tasks runner by `require` and take its `default`: both tools warn of that.
    publint: [],
    attw: ['--ignore-rules', 'cjs-only-exports-default'],
    maxPackedKb: 205,
    maxUnpackedKb: 700,
  },
  'fast-lane': { publint: ['--strict'], attw: [], maxPackedKb: 5, maxUnpackedKb: 10 },
  server: { publint: ['--strict'], attw: [], maxPackedKb: 250, maxUnpackedKb: 800 },
};

/** What `npm install @larder/nx` adds to a workspace that has Nx, at most. */
export const MAX_PLUGIN_PACKAGES = 24;
export const MAX_PLUGIN_KB = 6000;
