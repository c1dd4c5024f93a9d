module.exports = {
  displayName: 'nx',
  preset: '../../jest.preset.cjs',
};
