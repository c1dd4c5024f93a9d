import { findVariables } from './find-variables.ts';

const server = 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER';
const url = 'https://cache.example.com/nx';

it('finds the variables of all caches, with their lines, and no values', () => {
  const text = [
    'NXCACHE_S3_BUCKET=shop',
    'export NX_VERCEL_REMOTE_CACHE_TOKEN=secret NX_KEY=secret',
    '# NXCACHE_READ=false',
    '  NX_S3_ENCRYPTION_KEY: secret',
    'MY_NXCACHE_THING=1',
    'NX_CACHE_DIRECTORY=/tmp',
  ].join('\n');
  expect(findVariables('.env', text)).toEqual([
    { name: 'NXCACHE_S3_BUCKET', file: '.env', line: 1, url: null },
    { name: 'NX_VERCEL_REMOTE_CACHE_TOKEN', file: '.env', line: 2, url: null },
    { name: 'NX_KEY', file: '.env', line: 2, url: null },
    { name: 'NX_S3_ENCRYPTION_KEY', file: '.env', line: 4, url: null },
  ]);
});

it.each([
  `${server}=${url}`,
  `export ${server}="${url}"`,
  `  ${server}: ${url}`,
  `  ${server}: '${url}' # ours`,
  `"${server}": "${url}",`,
  `    "build": "${server}=${url} nx build",`,
  `    "build": "${server}=\\"${url}\\" nx build"`,
  `ENV ${server} ${url}`,
  `script: ${server}=${url}; nx build`,
])('reads the address in %s', (line) => {
  expect(findVariables('file', line)).toMatchObject([{ url }]);
});

it.each([
  `${server}: \${{ vars.CACHE }}`,
  `${server}=$CACHE_URL`,
  `${server}=https://\${HOST}/nx`,
  `${server}: https://cache.example.com/{{ path }}`,
  `${server}: https://<host>`,
  `- name: ${server}`,
  `echo $${server}`,
  `${server}=ftp://example.com`,
  `${server} is set, see https://example.com`,
])('reads no address in %s', (line) => {
  expect(findVariables('file', line)).toMatchObject([{ url: null }]);
});
