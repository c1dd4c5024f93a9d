import { changePackageJson } from './change-package-json.ts';

const name = '@nx/powerpack-azure-cache';
const old = 'npm:@larder/fast-lane@0.0.1';
const alias = 'npm:@larder/fast-lane@0.1.0';

const add = { fastLane: true, version: '0.1.0' };
const remove = { fastLane: false, version: '0.1.0' };

it.each([
  ['beside other packages', { devDependencies: { nx: '1' } }, { nx: '1', [name]: alias }],
  ['where there are none', {}, { [name]: alias }],
  ['of this version', { devDependencies: { [name]: old } }, { [name]: alias }],
  [
    'under the name that it has',
    { devDependencies: { '@nx/shared-fs-cache': old } },
    { '@nx/shared-fs-cache': alias },
  ],
])('the fast lane is added %s', (_what, manifest, devDependencies) => {
  expect(changePackageJson(manifest, add)).toEqual({ devDependencies });
  expect(changePackageJson({ devDependencies }, add)).toEqual({ devDependencies });
});

it('the fast lane stays among the dependencies where somebody has put it there', () => {
  const manifest = { name: 'shop', dependencies: { [name]: old }, devDependencies: { nx: '1' } };
  expect(changePackageJson(manifest, add)).toEqual({
    ...manifest,
    dependencies: { [name]: alias },
  });
});

it('the fast lane is removed wherever it is, and nothing else', () => {
  const manifest = {
    name: 'shop',
    dependencies: { [name]: alias, react: '1' },
    devDependencies: { '@nx/s3-cache': '5.0.0', '@nx/gcs-cache': old },
  };
  expect(changePackageJson(manifest, remove)).toEqual({
    name: 'shop',
    dependencies: { react: '1' },
    devDependencies: { '@nx/s3-cache': '5.0.0' },
  });
  expect(changePackageJson({}, remove)).toEqual({});
});
