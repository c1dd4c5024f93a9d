// `npm run licences`: writes the page of the licences of what is shipped.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LICENCES_PAGE, licencesPage } from './check-packages/licences.mjs';
import { PACKAGES } from './check-packages/packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = Object.keys(PACKAGES).map((name) => `packages/${name}`);

writeFileSync(join(root, LICENCES_PAGE), await licencesPage(root, folders));
