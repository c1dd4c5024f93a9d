import {
  chmodSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { thrownCode } from '../errors/thrown-code.fixture.ts';
import { createTestBed } from '../testing/test-bed.fixture.ts';
import { findDataDirectory } from './data-directory.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

function find(
  workspaceRoot: string,
  { configured = null, major = 24 }: { configured?: string | null; major?: number } = {},
): string {
  return findDataDirectory({ workspaceRoot, configured, nxVersion: { major, minor: 0 } });
}

const mode = (folder: string) => (statSync(folder).mode & 0o777).toString(8);

describe('the data folder', () => {
  it.each([
    [24, '.nx/larder'],
    [17, '.nx/larder'],
    [16, 'node_modules/.cache/larder'],
  ])('of Nx %d is %s in the workspace, exists, and is only for its owner', (major, path) => {
    const workspace = bed.makeFolder();
    const folder = find(workspace, { major });
    expect(folder).toBe(join(workspace, path));
    expect(mode(folder)).toBe('700');
    expect(find(workspace, { major })).toBe(folder);
    expect(existsSync(join(workspace, '.nx'))).toBe(major > 16);
  });

  it('is the configured one, seen from the workspace', () => {
    const workspace = bed.makeFolder();
    const configured = (path: string) => find(workspace, { configured: path });
    expect(configured('tmp/larder')).toBe(join(workspace, 'tmp', 'larder'));
    expect(configured('/var/larder')).toBe('/var/larder');
    expect(existsSync(join(workspace, '.nx'))).toBe(false);
  });
});

// A file where the folder should be stands for a workspace that cannot be written: tests may run as
// a user to whom permissions mean nothing.
describe('where the workspace cannot be written, the data folder', () => {
  /** A workspace, and the folder that belongs to it elsewhere. */
  function spoiledWorkspace(spoil: (workspace: string) => void = spoilFolder) {
    const workspace = bed.makeFolder();
    spoil(workspace);
    const folder = find(workspace);
    bed.onCleanUp(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    return { workspace, folder };
  }

  function spoilFolder(workspace: string): void {
    writeFileSync(join(workspace, '.nx'), '');
  }

  it.each<[string, (workspace: string) => void]>([
    ['when no folder can be made', spoilFolder],
    [
      'when a file has its name',
      (workspace) => {
        mkdirSync(join(workspace, '.nx'));
        writeFileSync(join(workspace, '.nx', 'larder'), '');
      },
    ],
  ])("is one of the system's temporary folder, only for its owner, %s", (_what, spoil) => {
    const { workspace, folder } = spoiledWorkspace(spoil);
    expect(dirname(folder)).toBe(tmpdir());
    expect(basename(folder)).toMatch(/^larder-/);
    expect(mode(folder)).toBe('700');
    expect(find(workspace)).toBe(folder);
  });

  it('is another one for each workspace', () => {
    expect(spoiledWorkspace().folder).not.toBe(spoiledWorkspace().folder);
  });

  it.each<[string, (folder: string) => void]>([
    [
      'others can read',
      (folder) => {
        mkdirSync(folder);
        chmodSync(folder, 0o750);
      },
    ],
    [
      'others can write to',
      (folder) => {
        mkdirSync(folder);
        chmodSync(folder, 0o777);
      },
    ],
    [
      'is somewhere else',
      (folder) => {
        symlinkSync(bed.makeFolder(), folder);
      },
    ],
    [
      'is a file',
      (folder) => {
        writeFileSync(folder, '');
      },
    ],
  ])('is not one that %s', (_what, prepare) => {
    const { workspace, folder } = spoiledWorkspace();
    rmSync(folder, { recursive: true });
    prepare(folder);
    expect(thrownCode(() => find(workspace))).toBe('LARDER_AGENT_NOT_STARTED');
  });
});
