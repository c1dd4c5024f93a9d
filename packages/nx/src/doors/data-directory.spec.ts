import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createTestBed } from '../testing/test-bed.fixture.ts';
import { findDataDirectory } from './data-directory.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('the data folder', () => {
  it('is in the workspace, exists, and is only for its owner', () => {
    const workspace = bed.makeFolder();
    const folder = findDataDirectory(workspace, null);
    expect(folder).toBe(join(workspace, '.nx', 'larder'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(findDataDirectory(workspace, null)).toBe(folder);
  });

  it('is the configured one, seen from the workspace', () => {
    const workspace = bed.makeFolder();
    expect(findDataDirectory(workspace, 'tmp/larder')).toBe(join(workspace, 'tmp', 'larder'));
    expect(findDataDirectory(workspace, '/var/larder')).toBe('/var/larder');
    expect(existsSync(join(workspace, '.nx'))).toBe(false);
  });

  // A file where the folder should be stands for a workspace that cannot be written: tests may run
  // as a user to whom permissions mean nothing.
  it.each<[string, (workspace: string) => void]>([
    [
      'no folder can be made',
      (workspace) => {
        writeFileSync(join(workspace, '.nx'), '');
      },
    ],
    [
      'a file has its name',
      (workspace) => {
        mkdirSync(join(workspace, '.nx'));
        writeFileSync(join(workspace, '.nx', 'larder'), '');
      },
    ],
  ])("is in the system's temporary folder where %s", (_what, spoil) => {
    const [workspace, other] = [bed.makeFolder(), bed.makeFolder()];
    spoil(workspace);
    spoil(other);
    const folder = findDataDirectory(workspace, null);
    expect(folder.startsWith(join(tmpdir(), `larder-${userInfo().username}-`))).toBe(true);
    expect(findDataDirectory(workspace, null)).toBe(folder);
    expect(findDataDirectory(other, null)).not.toBe(folder);
  });
});
