import { gatherHashInputs } from './hash-details.ts';

const details = (nodes: Record<string, string>) => ({
  command: '11',
  nodes,
  implicitDeps: {},
  runtime: {},
});

it('has each input once, however many tasks share it', () => {
  const { table, byTask } = gatherHashInputs([
    { hash: '1', hashDetails: details({ AllExternalDependencies: '22', 'a:TsConfig': '33' }) },
    { hash: '2', hashDetails: { ...details({ 'a:TsConfig': '33' }), command: '44' } },
  ]);
  expect(table).toEqual([
    ['command', '11'],
    ['AllExternalDependencies', '22'],
    ['a:TsConfig', '33'],
    ['command', '44'],
  ]);
  expect(byTask).toEqual({ 1: [0, 1, 2], 2: [3, 2] });
});

it('has what Nx 16 keeps apart', () => {
  const hashDetails = { command: '1', nodes: {}, implicitDeps: { f: '2' }, runtime: { r: '3' } };
  expect(gatherHashInputs([{ hash: '1', hashDetails }]).table).toEqual([
    ['command', '1'],
    ['f', '2'],
    ['r', '3'],
  ]);
});

it('has no more than a hash of what a command has printed', () => {
  const gather = (printed: string) =>
    gatherHashInputs([{ hash: '1', hashDetails: details({ 'runtime:node -v': printed }) }])
      .table[1];
  expect(gather('13630464474712544087')?.[1]).toBe('13630464474712544087');
  expect(gather('v20.20.2')?.[1]).toMatch(/^[0-9a-f]{64}$/);
  expect(gather('v20.20.2')).not.toEqual(gather('v22.0.0'));
});

it.each([undefined, null, 'text', 7, [], {}, { nodes: 'none' }, { nodes: { a: 7 } }])(
  'has nothing of what a custom hasher left: %j',
  (hashDetails) => {
    expect(gatherHashInputs([{ hash: '1', hashDetails }])).toEqual({ table: [], byTask: {} });
  },
);

it('has all inputs of a task or none, and stops where it would take too long', () => {
  const task = (hash: string, count: number) => ({
    hash,
    hashDetails: { nodes: Object.fromEntries(Array.from({ length: count }, (_, i) => [i, 'x'])) },
  });
  const { byTask } = gatherHashInputs([task('1', 4), task('2', 8), task('3', 1)], { max: 12 });
  expect(Object.keys(byTask)).toEqual(['1']);
});
