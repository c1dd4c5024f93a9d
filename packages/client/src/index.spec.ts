import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Types are gone at runtime, so the source is asked.
const EXPORTS = /^export (?:type )?\{([^}]*)\} from '[^']+';$/gm;

const index = readFileSync(join(__dirname, 'index.ts'), 'utf8');
const names = [...index.matchAll(EXPORTS)]
  .flatMap(([, list = '']) => list.split(','))
  .map((name) => name.trim().replace(/^type /, ''))
  .filter((name) => name !== '');

const page = readFileSync(join(__dirname, '../../../docs/client.md'), 'utf8');
const inlineCode = page.replace(/^```[\s\S]*?^```$/gm, '').match(/`[^`\n]+`/g) ?? [];
const named = new Set(inlineCode.flatMap((code) => code.match(/\w+/g) ?? []));

describe('what the client exports', () => {
  it('is listed by name, so that none is missed here', () => {
    expect(index.replace(EXPORTS, '').trim()).toBe('');
    expect(names.join()).toMatch(/^\w+(?:,\w+)+$/);
  });

  it('is named in the documentation, types included', () => {
    expect(names.filter((name) => !named.has(name))).toEqual([]);
  });
});
