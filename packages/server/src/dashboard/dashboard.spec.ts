import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

let running: RunningServer;

beforeAll(async () => {
  running = await startServer();
});
afterAll(async () => {
  await running.server.close();
  await removeTemporaryFolders();
});

const index = () => fetch(running.url);

/** What the page names behind some words, a regular expression. */
async function linksOf(words: string): Promise<string[]> {
  const page = await (await index()).text();
  return [...page.matchAll(new RegExp(`(?:${words})="([^"]+)"`, 'g'))].map(
    ([, name]) => name ?? '',
  );
}

it('is a page that anybody may see and that lets in nothing from elsewhere', async () => {
  const answer = await index();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

it('has all the files that it names, with their types', async () => {
  const types = (await linksOf('href|src')).map(async (name) => {
    const answer = await fetch(new URL(name, running.url));
    return [name, answer.status, answer.headers.get('content-type')];
  });
  expect(await Promise.all(types)).toEqual(
    expect.arrayContaining([
      ['page/icon.svg', 200, 'image/svg+xml'],
      ['page/uPlot.min.css', 200, 'text/css; charset=utf-8'],
      ['page/style.css', 200, 'text/css; charset=utf-8'],
      ['page/uPlot.iife.min.js', 200, 'text/javascript; charset=utf-8'],
      ['page/main.js', 200, 'text/javascript; charset=utf-8'],
    ]),
  );
});

it('asks for all of its modules at once, and for nothing that is not there', async () => {
  const seen = new Set<string>();
  const follow = async (name: string): Promise<void> => {
    if (seen.has(name)) return;
    seen.add(name);
    const answer = await fetch(new URL(name, running.url));
    expect([name, answer.status]).toEqual([name, 200]);
    const imports = [...(await answer.text()).matchAll(/from ['"]\.\/([^'"]+)/g)];
    await Promise.all(imports.map(([, imported]) => follow(`page/${imported}`)));
  };
  await follow('page/main.js');
  const preloaded = await linksOf('rel="modulepreload" href');
  expect([...preloaded, 'page/main.js'].sort()).toEqual([...seen].sort());
});

it('is not sent again while it stays the same', async () => {
  const etag = (await index()).headers.get('etag') ?? '';
  const again = await fetch(running.url, { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

it.each(['/page/nothing.js', '/page/main.d.ts', '/page/..%2f..%2fpackage.json', '/page/', '/page'])(
  'has no %s',
  async (path) => {
    const answer = await fetch(running.url + path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toHaveProperty('error');
  },
);
