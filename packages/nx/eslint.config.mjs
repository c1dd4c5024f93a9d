import base from '../../eslint.config.mjs';

export default [
  ...base,
  {
    files: ['**/package.json'],
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          ignoredDependencies: [
            // Nx is loaded from the workspace of the user by a path that is known only at run time, and
            // so is what it brings along.
            'nx',
            'ignore',
            'jsonc-parser',
            // Used by the copy of tar-stream, see ADR 0024.
            'b4a',
            'fast-fifo',
            'streamx',
          ],
        },
      ],
    },
  },
];
