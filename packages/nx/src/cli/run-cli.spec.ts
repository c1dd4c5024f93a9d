import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../package-version.ts';
import { createCliBed } from './cli-bed.fixture.ts';

const bed = createCliBed();
afterEach(() => bed.cleanUp());

it('prints its help and its version', async () => {
  const help = await bed.larder('--help');
  expect(help).toMatchObject({ exitCode: 0, errors: '' });
  for (const name of ['status', 'last', 'explain', 'agent', 'completion', 'Exit codes']) {
    expect(help.output).toContain(name);
  }
  expect(await bed.larder('--version')).toMatchObject({
    exitCode: 0,
    output: `${packageVersion()}\n`,
  });
});

it.each([
  [['unknown']],
  [['status', '--unknown']],
  [['last', '--run', 'zero']],
  [['last', '--run', '0']],
  [['explain']],
  [['completion', 'tcsh']],
  [['agent', 'stop', '--timeout', 'soon']],
  [['agent', 'unknown']],
])('says what is wrong with %j', async (args) => {
  const { exitCode, output, errors } = await bed.larder(...args);
  expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
  expect(errors).toMatch(/^error: /);
});

it('tells mistakes with their code and what to do, and as JSON where that is asked for', async () => {
  bed.enter({ variables: { LARDER_MODE: 'maybe' } });
  const { exitCode, output, errors } = await bed.larder('status');
  expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
  expect(errors).toBe(
    'larder: LARDER_MODE must be one of read-write, read, write, off [LARDER_OPTIONS_INVALID_VALUE]\n' +
      'Correct LARDER_MODE, or remove it to get the default.\n',
  );
  const asJson = await bed.larder('status', '--json');
  expect(JSON.parse(asJson.errors)).toMatchObject({
    error: { code: 'LARDER_OPTIONS_INVALID_VALUE' },
  });
});

it('works in the folders of a workspace, and nowhere else', async () => {
  const { root } = bed.enter();
  const folder = join(root, 'libs', 'ui');
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  const { workspaceRoot } = await bed.larderJson<{ workspaceRoot: string }>('status');
  expect(workspaceRoot).toBe(root);
  process.chdir(bed.makeFolder());
  expect(await bed.larder('status')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('LARDER_CLI_NO_WORKSPACE') as string,
  });
});

it('reads nx.json as Nx does: with comments, and with what it extends', async () => {
  const { root } = bed.enter();
  writeFileSync(join(root, 'base.json'), JSON.stringify({ plugins: ['@larder/nx'] }));
  writeFileSync(join(root, 'nx.json'), '{\n  // the rest\n  "extends": "./base.json",\n}\n');
  expect(await bed.larderJson('status')).toMatchObject({ door: 'hooks' });
  writeFileSync(join(root, 'nx.json'), '{');
  expect((await bed.larder('status')).errors).toContain('LARDER_CLI_NX_JSON_UNREADABLE');
});

it('reads the variables that Nx reads from files, which never win over real ones', async () => {
  const { root } = bed.enter({ variables: { LARDER_NAMESPACE: 'real' } });
  writeFileSync(join(root, '.env'), 'LARDER_NAMESPACE=file\nLARDER_MODE=read\nLARDER_TEAM_ID=a\n');
  writeFileSync(join(root, '.env.local'), 'LARDER_TEAM_ID=b\n');
  interface Told {
    readonly options: readonly { readonly name: string; readonly value: unknown }[];
  }
  const { options } = await bed.larderJson<Told>('status');
  const value = (name: string) => options.find((each) => each.name === name)?.value;
  expect([value('namespace'), value('mode'), value('teamId')]).toEqual(['real', 'read', 'b']);
});

it('is a program of the package', () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    bin: { larder: string };
  };
  const file = join(__dirname, '../..', manifest.bin.larder);
  expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  const output = execFileSync(process.execPath, [file, '--version'], { encoding: 'utf8' });
  expect(output).toBe(`${packageVersion()}\n`);
});
