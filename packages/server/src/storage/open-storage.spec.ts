import { rm } from 'node:fs/promises';
import { DEFAULT_OPTIONS } from '../options/server-options.ts';
import {
  createTemporaryFolder,
  removeTemporaryFolders,
} from '../testing/start-server.fixture.ts';
import { databaseFile } from './data-directory.ts';
import { describeStorage } from './storage-contract.fixture.ts';

afterAll(removeTemporaryFolders);

describeStorage('a data folder', async () => {
  const options = { ...DEFAULT_OPTIONS, dataDirectory: await createTemporaryFolder() };
  return {
    options,
    loseIndex: async () => {
      await rm(databaseFile(options.dataDirectory));
      return options;
    },
  };
});
