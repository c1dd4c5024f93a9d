import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from './error-codes.ts';

const page = readFileSync(join(__dirname, '../../../../docs/errors.md'), 'utf8');
const section = /^## Server$([\s\S]*?)(?=^## )/m.exec(page)?.[1] ?? '';
const rows = [...section.matchAll(/^\| `(LARDER_\w+)` *\| (.+?) *\| (.+?) *\|$/gm)];

describe('the codes of the server', () => {
  it('are those in the documentation, in its order', () => {
    expect(rows.map(([, code]) => code)).toEqual(Object.keys(ERROR_CODES));
  });

  it('mean what the documentation says', () => {
    expect(rows.map(([, code, when]) => [code, when])).toEqual(Object.entries(ERROR_CODES));
  });

  it('follow the naming rule', () => {
    for (const code of Object.keys(ERROR_CODES)) expect(code).toMatch(/^LARDER_SERVER(_[A-Z]+)+$/);
  });
});
