import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import nothingToChange from './nothing-to-change.ts';

const packageFolder = join(__dirname, '..', '..');
const readJson = (file: string): unknown =>
  JSON.parse(readFileSync(join(packageFolder, file), 'utf8'));

const { generators } = readJson('migrations.json') as {
  generators: Record<string, { version: string; implementation: string; description: string }>;
};

describe('migrations.json', () => {
  it('is what package.json tells Nx, published, and can be resolved from outside', () => {
    expect(readJson('package.json')).toMatchObject({
      'nx-migrations': { migrations: './migrations.json' },
      exports: { './migrations.json': './migrations.json' },
      files: expect.arrayContaining(['migrations.json']) as unknown,
    });
  });

  it.each(Object.entries(generators))('has the code of %s', (_name, migration) => {
    expect(migration.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(migration.description).not.toBe('');
    expect(migration.implementation).toMatch(/^\.\/dist\/migrations\/[a-z0-9-]+\.js$/);
    const source = migration.implementation.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    expect(existsSync(join(packageFolder, source))).toBe(true);
  });
});

describe('nothing-to-change', () => {
  it('does not look at the workspace', async () => {
    const touched = new Proxy(
      {},
      {
        get() {
          throw new Error('The workspace was touched.');
        },
      },
    );

    await expect(
      nothingToChange(touched as Parameters<typeof nothingToChange>[0]),
    ).resolves.toBeUndefined();
  });
});
