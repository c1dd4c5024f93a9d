import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import {
  createTemporaryFolder,
  removeTemporaryFolders,
} from '../../testing/start-server.fixture.ts';
import { describeArtifactIndex } from '../artifact-index-contract.fixture.ts';
import { createSqliteArtifactIndex } from './sqlite-artifact-index.ts';

afterAll(removeTemporaryFolders);

async function createPath(): Promise<string> {
  return join(await createTemporaryFolder(), 'larder.sqlite');
}

describeArtifactIndex('a SQLite file', async () => {
  const path = await createPath();
  const index = await createSqliteArtifactIndex(path);
  return {
    index,
    reopen: async () => {
      await index.close();
      return createSqliteArtifactIndex(path);
    },
  };
});

it('lets nobody else read the file or those beside it', async () => {
  const path = await createPath();
  const index = await createSqliteArtifactIndex(path);
  const modes = await Promise.all(
    ['', '-wal', '-shm'].map(async (suffix) => (await stat(path + suffix)).mode & 0o777),
  );
  await index.close();
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

it('refuses a file that is no database', async () => {
  const path = await createPath();
  await writeFile(path, 'no database, but long enough to have had a header'.repeat(100));
  await expect(createSqliteArtifactIndex(path)).rejects.toMatchObject({
    code: 'LARDER_SERVER_INDEX_INCOMPATIBLE',
  });
});

it('refuses a file that a newer version wrote', async () => {
  const path = await createPath();
  await (await createSqliteArtifactIndex(path)).close();
  const database = new Database(path);
  database.exec("insert into kysely_migration values ('9999-future', '2099-01-01')");
  database.close();
  await expect(createSqliteArtifactIndex(path)).rejects.toMatchObject({
    code: 'LARDER_SERVER_INDEX_INCOMPATIBLE',
    hint: expect.stringContaining('version') as string,
  });
});

it('reports an index that is closed', async () => {
  const index = await createSqliteArtifactIndex(await createPath());
  await index.close();
  await expect(
    index.readMany({ team: '', scope: 'trusted', api: 'nx' }, ['a']),
  ).rejects.toMatchObject({
    code: 'LARDER_SERVER_STORAGE_FAILED',
  });
});
