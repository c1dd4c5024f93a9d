module.exports = {
  displayName: 'server',
  preset: '../../jest.preset.cjs',
  testMatch: ['<rootDir>/{src,page/src}/**/*.spec.ts'],
  testPathIgnorePatterns: ['\\.cluster\\.spec\\.ts$'],
};
