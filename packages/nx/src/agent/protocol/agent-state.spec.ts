import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestBed } from '../../testing/test-bed.fixture.ts';
import {
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
    expect(writeAgentState(folder, first, { replace: false })).toBe(true);
    expect(readAgentState(folder)).toEqual(first);
  });

  it('is only for the eyes of its owner, and nothing else is left behind', () => {
    writeAgentState(folder, first, { replace: false });
    expect(statSync(stateFile()).mode & 0o777).toBe(0o600);
    writeAgentState(folder, second, { replace: true });
    expect(statSync(stateFile()).mode & 0o777).toBe(0o600);
    writeAgentState(folder, first, { replace: false });
    expect(readdirSync(folder)).toEqual(['agent.json']);
  });

  it('belongs to the one who comes first', () => {
    writeAgentState(folder, first, { replace: false });
    expect(writeAgentState(folder, second, { replace: false })).toBe(false);
    expect(readAgentState(folder)).toEqual(first);
  });

  it('can be replaced', () => {
    writeAgentState(folder, first, { replace: false });
    expect(writeAgentState(folder, second, { replace: true })).toBe(true);
    expect(readAgentState(folder)).toEqual(second);
  });

  it('is not kept where nothing can be written', () => {
    expect(() => writeAgentState(join(folder, 'missing'), first, { replace: false })).toThrow(
      'ENOENT',
    );
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
    expect(writeAgentState(folder, first, { replace: false })).toBe(false);
    expect(writeAgentState(folder, first, { replace: true })).toBe(true);
    expect(readAgentState(folder)).toEqual(first);
  });

  it('is nothing when a folder is in its place', () => {
    mkdirSync(stateFile());
    expect(readAgentState(folder)).toBeNull();
  });

  it('is taken back by its own agent only', () => {
    writeAgentState(folder, first, { replace: false });
    removeAgentState(folder, second);
    expect(readAgentState(folder)).toEqual(first);
    removeAgentState(folder, first);
    removeAgentState(folder, first);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is never seen half-written', () => {
    writeAgentState(folder, first, { replace: false });
    const inode = statSync(stateFile()).ino;
    writeAgentState(folder, second, { replace: true });
    expect(statSync(stateFile()).ino).not.toBe(inode);
    expect(JSON.parse(readFileSync(stateFile(), 'utf8'))).toEqual(second);
  });
});
