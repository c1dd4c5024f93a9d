import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCliBed } from '../cli-bed.fixture.ts';
import { shells, type Shell } from './shell-scripts.ts';

const bed = createCliBed();
afterEach(() => bed.cleanUp());

const isInstalled = (shell: Shell) => spawnSync(shell, ['-c', 'true']).status === 0;

async function scriptFile(shell: Shell): Promise<string> {
  const { exitCode, output } = await bed.larder('completion', shell);
  expect(exitCode).toBe(0);
  const file = join(bed.makeFolder(), `larder.${shell}`);
  writeFileSync(file, output);
  return file;
}

/** What bash offers for the last word. */
async function offeredByBash(...words: string[]): Promise<string[]> {
  const file = await scriptFile('bash');
  const script =
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _larder; printf "%s\\n" "${COMPREPLY[@]}"';
  const output = execFileSync('bash', ['-c', script, 'bash', file, ...words], { encoding: 'utf8' });
  return output.split('\n').filter(Boolean);
}

it('offers commands, their commands and their options', async () => {
  const top = await offeredByBash('larder', '');
  expect(top).toEqual(
    expect.arrayContaining(['status', 'last', 'explain', 'agent', 'completion', '--help']),
  );
  expect(await offeredByBash('larder', 'st')).toEqual(['status', 'stats']);
  expect(await offeredByBash('larder', 'agent', 's')).toEqual(['status', 'stop']);
  expect(await offeredByBash('larder', 'agent', 'stop', '--f')).toEqual(['--force']);
  expect(await offeredByBash('larder', 'last', '--')).toEqual(['--run', '--json', '--help']);
  expect(await offeredByBash('larder', 'explain', 'app:build', '--r')).toEqual(['--run']);
  expect(await offeredByBash('larder', 'completion', '')).toEqual(
    expect.arrayContaining([...shells]),
  );
});

it.each(shells.filter(isInstalled))('is a script that %s understands', async (shell) => {
  execFileSync(shell, ['-n', await scriptFile(shell)]);
});

it.each(shells)('for %s names every command', async (shell) => {
  const { output } = await bed.larder('completion', shell);
  for (const name of ['status', 'last', 'explain', 'agent', 'stop', 'logs', 'completion']) {
    expect(output).toContain(name);
  }
});
