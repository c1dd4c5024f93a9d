// `npm run vendor`: copies tar-stream, as it is installed, into @larder/nx, see ADR 0024.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TAR_STREAM_COPY, TAR_STREAM_FILES, tarStreamFolder } from './check-packages/vendored.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

mkdirSync(join(root, TAR_STREAM_COPY), { recursive: true });
for (const file of TAR_STREAM_FILES) {
  copyFileSync(join(tarStreamFolder(root), file), join(root, TAR_STREAM_COPY, file));
}
