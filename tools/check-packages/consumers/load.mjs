// Run where the packages are installed: fails when `require` and `import` differ.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

// Node adds these to what it imports from CommonJS, depending on its version.
const isNamed = (key) => !['default', '__esModule', 'module.exports'].includes(key);

for (const name of ['@larder/client', '@larder/client/errors', '@larder/nx', '@larder/server']) {
  const required = require(name);
  const imported = await import(name);
  assert.equal(imported.default, required, name);
  const names = Object.keys(required).filter(isNamed).sort();
  assert.notEqual(names.length, 0, name);
  assert.deepEqual(Object.keys(imported).filter(isNamed).sort(), names, name);
  for (const key of names) assert.equal(imported[key], required[key], `${name}: ${key}`);
}
