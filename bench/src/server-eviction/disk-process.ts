// Looks at how much a folder holds, again and again, and tells its parent the most at the end.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.'] = process.argv.slice(2);
const SAMPLED_EVERY_MS = 100;

let greatestBytes = 0;

function sample(): void {
  let bytes = 0;
  for (const name of ['blobs', 'uploads']) {
    for (const entry of readdirSync(join(folder, name), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  greatestBytes = Math.max(greatestBytes, bytes);
}

const timer = setInterval(sample, SAMPLED_EVERY_MS);
process.once('message', () => {
  clearInterval(timer);
  sample();
  process.send?.(greatestBytes, () => process.exit(0));
});
