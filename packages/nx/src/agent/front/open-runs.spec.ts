import { runConfiguration } from '../../testing/agent-bed.fixture.ts';
import { bearerToken, createOpenRuns, isSameSecret, type OpenRuns, type Run } from './open-runs.ts';

const server = { url: 'https://cache.example.com' };

let runs: OpenRuns;
beforeEach(() => {
  runs = createOpenRuns();
});

function open(contextId: string | null = null): Run {
  return runs.open({ ownerPid: 1, contextId, configuration: runConfiguration(server) });
}

/** An open run that has looked up these tasks. */
function openWithTasks(...taskHashes: string[]): Run {
  const run = open();
  for (const taskHash of taskHashes) run.ledger.recordMiss(taskHash, 1);
  return run;
}

describe('a token', () => {
  it('names its own run and no other', () => {
    const [first, second] = [open(), open()];
    expect(first.token).not.toBe(second.token);
    expect(runs.authorized(`Bearer ${first.token}`)).toBe(first);
    expect(runs.authorized(`Bearer ${second.token}`)).toBe(second);
  });

  it('cannot be guessed', () => {
    const tokens = Array.from({ length: 50 }, () => open().token);
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it.each<[string, (token: string) => string | undefined]>([
    ['nothing', () => undefined],
    ['an empty header', () => ''],
    ['an empty token', () => 'Bearer '],
    ['no scheme', (token) => token],
    ['another scheme', (token) => `Basic ${token}`],
    ['half of it', (token) => `Bearer ${token.slice(0, -1)}`],
    ['more than it', (token) => `Bearer ${token}x`],
    ['another one', () => 'Bearer unknown'],
    ['a name of every object', () => 'Bearer __proto__'],
  ])('is needed: %s names no run', (_what, header) => {
    const { token } = open();
    expect(runs.authorized(header(token))).toBeNull();
  });

  it('is worth nothing once the run is closed or forgotten', () => {
    const [closed, forgotten] = [open(), open()];
    closed.isOpen = false;
    runs.forget(forgotten);
    expect(runs.authorized(`Bearer ${closed.token}`)).toBeNull();
    expect(runs.authorized(`Bearer ${forgotten.token}`)).toBeNull();
  });
});

describe('a run', () => {
  it('is found by its id', () => {
    const [first, second] = [open(), open()];
    expect(runs.find({ by: 'id', runId: first.id })).toBe(first);
    expect(runs.find({ by: 'id', runId: second.id })).toBe(second);
    expect(runs.find({ by: 'id', runId: 'unknown' })).toBeNull();
  });

  it('is found by the id that Nx gives the command', () => {
    open();
    const second = open('second');
    open('third');
    expect(runs.find({ by: 'context', contextId: 'second' })).toBe(second);
    expect(runs.find({ by: 'context', contextId: 'unknown' })).toBeNull();
  });

  it('is found by most of its tasks', () => {
    openWithTasks('1', '2', '3');
    const second = openWithTasks('3', '4', '5');
    expect(runs.find({ by: 'tasks', taskHashes: ['3', '4', '5', '6'] })).toBe(second);
  });

  it('is the oldest of those that know the tasks equally well', () => {
    openWithTasks('9');
    const second = openWithTasks('1', '2');
    openWithTasks('1', '2');
    expect(runs.find({ by: 'tasks', taskHashes: ['1', '2'] })).toBe(second);
  });

  // A command whose tasks were all in Nx's own cache has asked for none of them.
  it('is rather one without any task than that of another command', () => {
    openWithTasks('1', '2');
    const second = open();
    open();
    expect(runs.find({ by: 'tasks', taskHashes: ['3'] })).toBe(second);
    expect(runs.find({ by: 'tasks', taskHashes: [] })).toBe(second);
  });

  it('is not found any more once it is closed', () => {
    const run = open('context');
    run.ledger.recordMiss('1', 1);
    run.isOpen = false;
    expect(runs.find({ by: 'id', runId: run.id })).toBeNull();
    expect(runs.find({ by: 'context', contextId: 'context' })).toBeNull();
    expect(runs.find({ by: 'tasks', taskHashes: ['1'] })).toBeNull();
    expect(runs.byId(run.id)).toBe(run);
    expect(runs.all()).toEqual([run]);
  });

  it('is one with another that the same command opens in the same way', () => {
    const configuration = runConfiguration(server);
    const request = { ownerPid: 1, contextId: 'command', configuration };
    expect(runs.findEqual(request)).toBeNull();
    const run = runs.open(request);
    expect(runs.findEqual(request)).toBe(run);
    expect(runs.findEqual({ ...request, contextId: 'other' })).toBeNull();
    expect(runs.findEqual({ ...request, contextId: null })).toBeNull();
    const other = { ...configuration, token: 'other' };
    expect(runs.findEqual({ ...request, configuration: other })).toBeNull();
    run.isOpen = false;
    expect(runs.findEqual(request)).toBeNull();
  });

  it('is unknown once it is forgotten', () => {
    const [first, second] = [open(), open()];
    runs.forget(first);
    expect(runs.byId(first.id)).toBeNull();
    expect(runs.all()).toEqual([second]);
  });

  it('names the artifacts of its own namespace and format', () => {
    const hashes = [
      runConfiguration(server),
      runConfiguration(server, { namespace: 'shop' }),
      runConfiguration(server, { expectedFormat: 'tar.br' }),
    ].map((configuration) => {
      const { ledger } = runs.open({ ownerPid: 1, contextId: null, configuration });
      ledger.recordMiss('1', 1);
      return ledger.toReport().tasks[0]?.artifactHash;
    });
    expect(new Set(hashes).size).toBe(3);
  });
});

it.each([
  ['secret', 'secret', true],
  ['', '', true],
  ['secret', 'Secret', false],
  ['secret', 'secret ', false],
  ['secret', '', false],
  ['é', 'e\u0301', false],
])('comparing the secrets %j and %j gives %s', (a, b, expected) => {
  expect(isSameSecret(a, b)).toBe(expected);
});

it.each([
  ['Bearer abc', 'abc'],
  ['Bearer a b', 'a b'],
  ['bearer abc', null],
  ['Basic abc', null],
  ['', null],
  [undefined, null],
])('the header %j bears the token %j', (header, expected) => {
  expect(bearerToken(header)).toBe(expected);
});
