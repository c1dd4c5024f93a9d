import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_ERRORS } from './client-errors.ts';

const page = readFileSync(join(__dirname, '../../../../docs/errors.md'), 'utf8');
const section = /^## Client$([\s\S]*?)(?=^## )/m.exec(page)?.[1] ?? '';
const rows = [...section.matchAll(/^\| `(LARDER_\w+)` *\| (.+?) *\| (.+?) *\|$/gm)];

describe('the codes of the client', () => {
  it('are those in the documentation, in its order', () => {
    expect(rows.map(([, code]) => code)).toEqual(Object.keys(CLIENT_ERRORS));
  });

  it('have the hints that the documentation gives', () => {
    const documented = rows.map(([, code, , hint]) => [code, hint]);
    const hints = Object.entries(CLIENT_ERRORS).map(([code, { hint }]) => [code, hint]);
    expect(documented).toEqual(hints);
  });

  it('name an area and what happened', () => {
    for (const code of Object.keys(CLIENT_ERRORS)) expect(code).toMatch(/^LARDER_[A-Z]+_[A-Z_]+$/);
  });
});
