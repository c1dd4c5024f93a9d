import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestBed } from '../../testing/test-bed.fixture.ts';
import {
  discardAgentRecord,
  linkUnlessThere,
  readAgentRecord,
  readAgentState,
  removeAgentState,
  writeAgentState,
  type AgentState,
} from './agent-state.ts';

const bed = createTestBed();
let folder: string;

beforeEach(() => {
  folder = bed.makeFolder();
});
afterEach(() => bed.cleanUp());

const first: AgentState = { version: '1.0.0', pid: 11, port: 1111, secret: 'first' };
const second: AgentState = { version: '1.0.0', pid: 22, port: 2222, secret: 'second' };
const stateFile = () => join(folder, 'agent.json');

describe('the state of an agent', () => {
  it('is nothing as long as nobody wrote it', () => {
    expect(readAgentState(folder)).toBeNull();
    expect(readAgentState(join(folder, 'missing'))).toBeNull();
  });

  it('comes back as it was written', () => {
    expect(writeAgentState(folder, first)).toBe(true);
    expect(readAgentState(folder)).toEqual(first);
  });

  it('is only for the eyes of its owner, and nothing else is left behind', () => {
    writeAgentState(folder, first);
    expect(statSync(stateFile()).mode & 0o777).toBe(0o600);
    writeAgentState(folder, second);
    expect(readdirSync(folder)).toEqual(['agent.json']);
  });

  it('belongs to the one who comes first', () => {
    writeAgentState(folder, first);
    expect(writeAgentState(folder, second)).toBe(false);
    expect(readAgentState(folder)).toEqual(first);
  });

  it('gives way to another one when it is discarded', () => {
    writeAgentState(folder, first);
    discardAgentRecord(folder, readAgentRecord(folder)!);
    expect(readdirSync(folder)).toEqual([]);
    expect(writeAgentState(folder, second)).toBe(true);
    expect(readAgentState(folder)).toEqual(second);
  });

  it('is not discarded by whoever has seen its predecessor', () => {
    writeAgentState(folder, first);
    const seen = readAgentRecord(folder)!;
    discardAgentRecord(folder, seen);
    discardAgentRecord(folder, seen);
    writeAgentState(folder, second);
    discardAgentRecord(folder, seen);
    expect(readAgentState(folder)).toEqual(second);
    expect(readdirSync(folder)).toEqual(['agent.json']);
  });

  it('is not kept where nothing can be written', () => {
    expect(() => writeAgentState(join(folder, 'missing'), first)).toThrow('ENOENT');
  });

  it.each([
    ['', 'nothing'],
    ['{"version":"1.0.0","pid":11', 'half of it'],
    ['null', 'null'],
    ['[]', 'a list'],
    ['{}', 'an empty object'],
    ...(['version', 'pid', 'port', 'secret'] as const).map((field) => [
      JSON.stringify({ ...first, [field]: undefined }),
      `no ${field}`,
    ]),
    [JSON.stringify({ ...first, port: '1111' }), 'a text as port'],
  ])('is nothing when the file holds %j: %s', (text) => {
    writeFileSync(stateFile(), text);
    expect(readAgentState(folder)).toBeNull();
    expect(readAgentRecord(folder)).toEqual({ text, state: null });
    expect(writeAgentState(folder, first)).toBe(false);
    discardAgentRecord(folder, { text, state: null });
    expect(writeAgentState(folder, first)).toBe(true);
    expect(readAgentState(folder)).toEqual(first);
  });

  it('gets past a folder in its place', () => {
    mkdirSync(join(stateFile(), 'nested'), { recursive: true });
    const record = readAgentRecord(folder)!;
    expect(record.state).toBeNull();
    discardAgentRecord(folder, record);
    expect(writeAgentState(folder, first)).toBe(true);
  });

  it('is taken back by its own agent only', () => {
    writeAgentState(folder, first);
    removeAgentState(folder, second);
    expect(readAgentState(folder)).toEqual(first);
    removeAgentState(folder, first);
    removeAgentState(folder, first);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is that of the first of many', () => {
    const writes = Array.from({ length: 20 }, (_, pid) =>
      writeAgentState(folder, { ...first, pid, secret: String(pid) }),
    );
    expect(writes).toEqual([true, ...Array.from({ length: 19 }, () => false)]);
    expect(readAgentState(folder)).toEqual({ ...first, pid: 0, secret: '0' });
  });
});

describe('where the file system has no links', () => {
  const noLink = () => {
    throw Object.assign(new Error('no links here'), { code: 'ENOTSUP' });
  };

  it('the first of many is the one all the same', () => {
    const names = ['a', 'b'].map((name) => join(folder, name));
    for (const name of names) writeFileSync(name, name);
    expect(names.map((name) => linkUnlessThere(name, stateFile(), noLink))).toEqual([true, false]);
    expect(readAgentRecord(folder)?.text).toBe(names[0]);
  });

  it('a folder that cannot be written is still an error', () => {
    writeFileSync(join(folder, 'a'), '');
    expect(() => linkUnlessThere(join(folder, 'a'), join(folder, 'b', 'c'), noLink)).toThrow(
      'ENOENT',
    );
  });
});
