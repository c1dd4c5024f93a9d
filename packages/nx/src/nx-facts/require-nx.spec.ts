import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestBed } from '../testing/test-bed.fixture.ts';
import { enterNxWorkspace } from '../testing/nx-workspace.fixture.ts';
import { thrownCode } from '../errors/thrown-code.fixture.ts';
import { installedNxVersion } from './nx-version.ts';
import { requireNx } from './require-nx.ts';
import { terminalOutputsFolder } from './terminal-outputs-folder.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('the Nx of the working folder', () => {
  it('is the one that is loaded', () => {
    enterNxWorkspace(bed, '17.3.2');
    expect(requireNx('nx/package.json')).toMatchObject({ version: '17.3.2' });
    expect(installedNxVersion()).toEqual({ major: 17, minor: 3 });
  });

  it('may be that of this package, where the working folder has none', () => {
    const { root } = enterNxWorkspace(bed, '17.3.2');
    rmSync(join(root, 'node_modules'), { recursive: true });
    expect(installedNxVersion().major).toBeGreaterThan(17);
  });

  it('without a version of any sense is an error with a hint', () => {
    enterNxWorkspace(bed, 'latest');
    expect(thrownCode(installedNxVersion)).toBe('LARDER_NX_VERSION_UNKNOWN');
  });

  it('tells where it keeps terminal outputs', () => {
    const { cacheDirectory } = enterNxWorkspace(bed, '24.0.6');
    expect(terminalOutputsFolder()).toBe(join(cacheDirectory, 'terminalOutputs'));
  });

  it.each(['exports.other = true;', 'exports.cacheDir = 1;', 'throw new Error("moved");'])(
    'need not tell that (%s): the folder is unknown then',
    (content) => {
      const { root } = enterNxWorkspace(bed, '24.0.6');
      const file = join(root, 'node_modules', 'nx', 'src', 'utils', 'cache-directory.js');
      writeFileSync(file, content);
      expect(terminalOutputsFolder()).toBeNull();
    },
  );
});
