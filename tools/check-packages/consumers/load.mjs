// Run where the packages are installed: fails when `require` and `import` differ.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

// Node adds these to what it imports from CommonJS, depending on its version.
const isNamed = (key) => !['default', '__esModule', 'module.exports'].includes(key);

const names = [
  '@larder/client',
  '@larder/client/errors',
  '@larder/nx',
  '@larder/nx/fast-lane',
  '@larder/fast-lane',
  '@larder/server',
];

for (const name of names) {
  const required = require(name);
  const imported = await import(name);
  assert.equal(imported.default, required, name);
  const exported = Object.keys(required).filter(isNamed).sort();
  assert.notEqual(exported.length, 0, name);
  assert.deepEqual(Object.keys(imported).filter(isNamed).sort(), exported, name);
  for (const key of exported) assert.equal(imported[key], required[key], `${name}: ${key}`);
}
