// The changelog is for users: what changed in tests, benches and tools alone is left out.
const { default: DefaultChangelogRenderer } = require('nx/release/changelog-renderer');

const INTERNAL_SCOPES = new Set(['e2e', 'bench', 'tools', 'ci']);

/** `client,e2e` has something for users; `bench` has nothing. */
function isForUsers({ scope }) {
  const scopes = (scope ?? '').split(',').map((each) => each.trim());
  return !scopes.every((each) => INTERNAL_SCOPES.has(each));
}

module.exports = class ChangelogRenderer extends DefaultChangelogRenderer {
  constructor(config) {
    super({ ...config, changes: config.changes?.filter(isForUsers) ?? null });
  }
};
