import nx from '@nx/eslint-plugin';
import * as jsoncParser from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/dist',
      '**/out-tsc',
      '**/tmp',
      '**/coverage',
      '**/node_modules',
      '**/.nx',
      '**/vendor',
    ],
  },
  { plugins: { '@nx': nx } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          depConstraints: [
            { sourceTag: 'client', onlyDependOnLibsWithTags: [] },
            { sourceTag: 'server', onlyDependOnLibsWithTags: [] },
            { sourceTag: 'plugin', onlyDependOnLibsWithTags: ['client'] },
            { sourceTag: 'fast-lane', onlyDependOnLibsWithTags: ['plugin'] },
            { sourceTag: 'e2e', onlyDependOnLibsWithTags: [] },
            { sourceTag: 'bench', onlyDependOnLibsWithTags: ['client', 'server', 'plugin', 'e2e'] },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/package.json'],
    languageOptions: { parser: jsoncParser },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          ignoredFiles: [
            '{projectRoot}/jest.config.cjs',
            '{projectRoot}/eslint.config.mjs',
            '{projectRoot}/**/*.spec.ts',
            '{projectRoot}/**/*.fixture.ts',
            '{projectRoot}/**/*.fixture.cjs',
          ],
        },
      ],
    },
  },
);
