// The suites that need engines beside the server, which `npm run e2e:cluster` starts.
module.exports = {
  displayName: 'server on engines',
  preset: '../../jest.preset.cjs',
  testMatch: ['<rootDir>/src/**/*.cluster.spec.ts'],
};
