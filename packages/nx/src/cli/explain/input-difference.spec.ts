import { compareInputs } from './input-difference.ts';

// Names as Nx 16.10.0 to 24.0.6 were seen to give them.
it.each([
  ['ui:{projectRoot}/**/*', 'files', 'files of ui ({projectRoot}/**/*)'],
  ['ui:!{projectRoot}/**/*.spec.ts', 'files', 'files of ui (!{projectRoot}/**/*.spec.ts)'],
  [':apps:ui:{projectRoot}/**/*', 'files', 'files of :apps:ui ({projectRoot}/**/*)'],
  ['ui:libs/ui/**/*', 'files', 'files of ui (libs/ui/**/*)'],
  [
    '@acme/ui:libs/ui/**/*,!libs/ui/**/*.spec.ts',
    'files',
    'files of @acme/ui (libs/ui/**/*,!libs/ui/**/*.spec.ts)',
  ],
  ['ProjectConfiguration', 'project-configuration', 'the configuration of the project'],
  ['TsConfig', 'typescript-configuration', 'the tsconfig of the workspace'],
  ['{workspaceRoot}/nx.json', 'workspace-files', 'files of the workspace (nx.json)'],
  [
    'workspace:[{workspaceRoot}/nx.json,{workspaceRoot}/.gitignore]',
    'workspace-files',
    'files of the workspace (nx.json,.gitignore)',
  ],
  ['ui:ProjectConfiguration', 'project-configuration', 'the configuration of the project ui'],
  ['ui:TsConfig', 'typescript-configuration', 'the tsconfig of the workspace, as it concerns ui'],
  ['AllExternalDependencies', 'external-dependencies', 'the installed packages (the lock file)'],
  ['npm:react', 'package', 'the package react'],
  ['npm:@nx/js@17.0.0', 'package', 'the package @nx/js@17.0.0'],
  ['env:API_URL', 'environment', 'the variable API_URL'],
  ['runtime:node -v', 'runtime', 'what the command "node -v" prints'],
  ['command', 'command', 'the command: its flags, or the configuration of the target'],
  ['cwd:relative', 'working-folder', 'the folder that Nx was started in'],
  [
    '**/*.d.ts:dist/libs/ui',
    'task-outputs',
    'outputs of tasks before it (**/*.d.ts in dist/libs/ui)',
  ],
  ['something new', 'other', 'something new'],
])('%s is told as it is meant', (name, kind, what) => {
  const [difference] = compareInputs(new Map([[name, '1']]), new Map([[name, '2']]));
  expect(difference).toEqual({ change: 'changed', kind, name, what, before: null, after: null });
});

it('tells what came, went and changed, and nothing of what is the same', () => {
  const before = new Map([
    ['env:A', '1'],
    ['env:B', '2'],
    ['env:C', '3'],
  ]);
  const after = new Map([
    ['env:B', '2'],
    ['env:C', '4'],
    ['env:D', '5'],
  ]);
  expect(compareInputs(before, after).map(({ change, name }) => [change, name])).toEqual([
    ['removed', 'env:A'],
    ['changed', 'env:C'],
    ['added', 'env:D'],
  ]);
});

it('shows versions, where Nx keeps those and no hashes of them', () => {
  const versions = compareInputs(
    new Map([['npm:react', '17.0.0']]),
    new Map([['npm:react', '18.0.0']]),
  );
  expect(versions[0]).toMatchObject({ before: '17.0.0', after: '18.0.0' });
  const hashes = compareInputs(
    new Map([['npm:react', '12345678901234567890']]),
    new Map([['npm:react', '98765432109876543210']]),
  );
  expect(hashes[0]).toMatchObject({ before: null, after: null });
});

it('begins with what people change most', () => {
  const names = [
    'runtime:node -v',
    'AllExternalDependencies',
    'b:{projectRoot}/**/*',
    'a:{projectRoot}/**/*',
  ];
  const after = new Map(names.map((name) => [name, '1']));
  expect(compareInputs(new Map(), after).map(({ name }) => name)).toEqual([...names].reverse());
});
