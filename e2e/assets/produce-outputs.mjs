// The task of every project in the test workspaces: writes what the project's outputs.json lists,
// says so, and notes the execution in a log outside of the workspace, so that a test can count them.
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const MEGABYTE = 1_000_000;

const [project, ...unknown] = process.argv.slice(2);
if (unknown.length > 0) throw new Error(`Unknown arguments: ${unknown.join(' ')}`);
const { workMs, entries, exitCode } = JSON.parse(
  readFileSync(`projects/${project}/outputs.json`, 'utf8'),
);

appendFileSync(process.env.LARDER_E2E_EXECUTIONS, `${project}\n`);
console.log(`Producing the outputs of ${project} – größtenteils harmlos`);
for (const entry of entries) {
  mkdirSync(dirname(entry.path), { recursive: true });
  rmSync(entry.path, { recursive: true, force: true });
  switch (entry.kind) {
    case 'file':
      writeFileSync(entry.path, entry.text);
      chmodSync(entry.path, entry.mode);
      break;
    case 'random':
      writeRandomFile(entry);
      break;
    case 'folder':
      mkdirSync(entry.path);
      break;
    case 'symlink':
      symlinkSync(entry.target, entry.path);
      break;
    default:
      throw new Error(`Unknown kind of output: ${entry.kind}`);
  }
}
console.error(`  ${entries.length} entries, and this line on standard error`);
await setTimeout(workMs);
console.log(`Done with ${project}`);
process.exitCode = exitCode;

/** Marsaglia's xorshift32: fast, the same everywhere, and nothing that gzip could shorten. */
function writeRandomFile({ path, megabytes, seed }) {
  const chunk = new Uint32Array(MEGABYTE / 4);
  const file = openSync(path, 'w', 0o644);
  let state = seed;
  for (let written = 0; written < megabytes; written++) {
    for (let i = 0; i < chunk.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      chunk[i] = state;
    }
    writeSync(file, chunk);
  }
  closeSync(file);
}
