import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pluginErrorCodes } from './error-codes.ts';

const page = readFileSync(join(__dirname, '../../../../docs/errors.md'), 'utf8');

function codesOfSection(title: string): string[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${title}\n`)) ?? '';
  return [...section.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]!);
}

describe("the plugin's error codes", () => {
  it('are the ones that docs/errors.md explains', () => {
    expect(codesOfSection('Plugin').sort()).toEqual([...pluginErrorCodes].sort());
  });

  it('are all different and follow the naming rule', () => {
    expect(new Set(pluginErrorCodes).size).toBe(pluginErrorCodes.length);
    for (const code of pluginErrorCodes) expect(code).toMatch(/^LARDER(_[A-Z0-9]+){2,}$/);
  });
});
