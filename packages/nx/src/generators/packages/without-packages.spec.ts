import { withoutPackages } from './without-packages.ts';

const isOld = (name: string, range: string) => name === 'old' || range === 'npm:old@1';

it('leaves packages out of every list', () => {
  const manifest = {
    name: 'shop',
    dependencies: { old: '1', react: '19' },
    devDependencies: { alias: 'npm:old@1' },
    optionalDependencies: {},
  };
  expect(withoutPackages(manifest, isOld)).toEqual({
    name: 'shop',
    dependencies: { react: '19' },
    devDependencies: {},
    optionalDependencies: {},
  });
});

it('gives the very manifest back that has none of them', () => {
  const manifest = { devDependencies: { nx: '24' } };
  expect(withoutPackages(manifest, isOld)).toBe(manifest);
});
