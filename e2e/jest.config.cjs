module.exports = {
  displayName: 'e2e',
  preset: '../jest.preset.cjs',
  globalSetup: '<rootDir>/src/jest-global-setup.ts',
  // One real build at a time: the specs compare running times.
  maxWorkers: 1,
  testTimeout: 300_000,
};
