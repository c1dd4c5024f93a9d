import base from '../../eslint.config.mjs';

export default [
  ...base,
  {
    files: ['**/package.json'],
    // Nx is loaded from the workspace of the user by a path that is known only at run time, and so is
    // what it brings along.
    rules: {
      '@nx/dependency-checks': ['error', { ignoredDependencies: ['nx', 'ignore', 'jsonc-parser'] }],
    },
  },
];
