module.exports = {
  displayName: 'fast-lane',
  preset: '../../jest.preset.cjs',
};
