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
            // Loaded from the workspace of the user by a path that is known only at run time.
            'nx',
            // Used by the copy of tar-stream, with which `npm run check:packages` compares them.
            'b4a',
            'fast-fifo',
            'streamx',
          ],
        },
      ],
    },
  },
];
