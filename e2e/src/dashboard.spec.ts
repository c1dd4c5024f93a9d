// The dashboard in a real browser, fed by real builds.
import { type OpenBrowser, openBrowser, type OpenPage } from './browser/open-browser.ts';
import { focusedElement } from './browser/focused-element.ts';
import { findViolations } from './browser/find-violations.ts';
import { figureOf } from './dashboard/figure-of.ts';
import { chooseTeam, logIn, openMostUseful } from './dashboard/visit.ts';
import { nxTasks, teams, turboTasks, useServer } from './dashboard/use-server.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { supportedNxVersions } from './workspace/nx-version.ts';

const NX_VERSION = supportedNxVersions.at(-1) ?? '';

/** The whole page with everything that it needs. */
const MAX_PAGE_BYTES = 300_000;

const tokens = {
  owner: { token: 'a-token-of-an-owner', access: 'read-write', label: 'owner' },
  reader: { token: 'a-token-that-reads', access: 'read', teams: [teams.nx], label: 'reader' },
} as const;

let cleanup: CleanupStack;
let server: LarderServer;
let browser: OpenBrowser;
let open: OpenPage;

beforeAll(async () => {
  cleanup = createCleanupStack();
  const machine = await createMachine();
  cleanup.add(machine.remove);
  server = await startLarderServer(machine, { tokens: Object.values(tokens) });
  cleanup.add(server.stop);
  const { url } = server;
  await useServer({ machine, nxVersion: NX_VERSION, url, token: tokens.owner.token });
  browser = await openBrowser();
  cleanup.add(() => browser.close());
});
afterAll(() => cleanup.run());

beforeEach(async () => {
  open = await browser.openPage();
});
afterEach(() => open.close());

function logInAs({ token }: { token: string }): Promise<void> {
  return logIn(open.page, { url: server.url, token });
}

it('asks for a token, and says so when it is the wrong one', async () => {
  const { page } = open;
  await page.goto(server.url);
  await page.getByLabel('Token').fill('a-wrong-token');
  await page.getByLabel('Token').press('Enter');
  await page.getByRole('alert').filter({ hasText: 'unknown to this server' }).waitFor();
});

it('shows what really happened', async () => {
  await logInAs(tokens.owner);
  const tasks = nxTasks + turboTasks;
  expect(await figureOf(open.page, 'Hit rate').textContent()).toBe('50 %');
  await open.page.getByText(`${tasks} of ${2 * tasks} lookups`).waitFor();
  expect(await figureOf(open.page, 'Is the cache too small?').textContent()).toBe('Large enough');
  expect(await open.page.locator('.plot canvas').count()).toBe(3);
  // Bars are in the picture, and each number in the table behind it.
  await open.page.getByText('As a table').first().click();
  const row = open.page.getByRole('table', { name: 'Lookups', exact: true }).locator('tbody tr');
  expect(await row.first().locator('td').allTextContents()).toEqual([
    expect.any(String),
    String(tasks),
    String(tasks),
  ]);
  expect(open.complaints).toEqual([]);
});

it('goes from one time and team to another, by keyboard as well, and back', async () => {
  const { page } = open;
  await logInAs(tokens.owner);
  await page.getByRole('radio', { name: '24h' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/range=7d/);
  await chooseTeam(page, teams.turbo);
  await page.getByText(`${turboTasks} of ${2 * turboTasks} lookups`).waitFor();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  expect(await page.getByRole('radio', { name: '7d' }).isChecked()).toBe(true);
  expect(open.complaints).toEqual([]);
});

it('can be used without a mouse from the login to the artifacts', async () => {
  const { page } = open;
  await page.goto(server.url);
  await page.getByLabel('Token').waitFor();
  await page.keyboard.type(tokens.owner.token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  const passed: string[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const { name, outline } = await focusedElement(page);
    // Where one is can always be seen.
    expect({ name, outline }).toEqual({ name, outline: 'solid' });
    passed.push(name);
    if (name === 'Log out') break;
  }
  expect(passed).toEqual(expect.arrayContaining(['Team', 'Log out']));
});

it('opens an artifact and purges it, and the artifact is gone', async () => {
  const { page } = open;
  await logInAs(tokens.owner);
  await chooseTeam(page, teams.nx);
  await openMostUseful(page);
  const hash = (await page.locator('.facts code').first().textContent()) ?? '';
  const artifactUrl = `${server.url}/v8/artifacts/${hash}?slug=${teams.nx}`;
  const headers = { authorization: `Bearer ${tokens.owner.token}` };
  expect((await fetch(artifactUrl, { method: 'HEAD', headers })).status).toBe(200);

  await page.getByRole('button', { name: 'Purge …' }).click();
  await page.getByRole('button', { name: 'Keep it' }).click();
  expect((await fetch(artifactUrl, { method: 'HEAD', headers })).status).toBe(200);
  await page.getByRole('button', { name: 'Purge …' }).click();
  await page.getByRole('button', { name: 'Purge it' }).click();
  await page.getByRole('heading', { level: 1, name: `Team ${teams.nx}` }).waitFor();
  expect((await fetch(artifactUrl, { method: 'HEAD', headers })).status).toBe(404);
  expect(open.complaints).toEqual([]);
});

it('shows a token that reads its own team, and lets it purge nothing', async () => {
  const { page } = open;
  await logInAs(tokens.reader);
  await page.getByText(/ of 8 lookups/).waitFor();
  expect(
    await page.getByRole('combobox', { name: 'Team' }).locator('option').allTextContents(),
  ).toEqual(['All my teams', teams.nx]);
  await openMostUseful(page);
  expect(await page.getByRole('button', { name: 'Purge …' }).count()).toBe(0);
});

it('asks for another token when this one is no longer good, and then stays with that', async () => {
  const { page } = open;
  await logInAs(tokens.reader);
  await page.route('**/larder/v1/usage*', (route) => route.fulfill({ status: 401, body: '{}' }));
  await page.getByRole('radio', { name: '7d' }).check({ force: true });
  await page.getByLabel('Token').waitFor();
  await page.unroute('**/larder/v1/usage*');
  await page.getByLabel('Token').fill(tokens.owner.token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('/larder/v1/usage')) asked += 1;
  });
  await chooseTeam(page, teams.turbo);
  // Nobody asks any more with the token of before.
  expect(asked).toBe(1);
});

it('forgets the token when one logs out', async () => {
  const { page } = open;
  await logInAs(tokens.owner);
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Token').waitFor();
  await page.reload();
  await page.getByLabel('Token').waitFor();
});

it.each([
  { device: 'a desktop', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { device: 'a desktop', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { device: 'a phone', colorScheme: 'light', viewport: { width: 360, height: 740 } },
] as const)('is accessible on $device, $colorScheme', async ({ colorScheme, viewport }) => {
  await open.close();
  open = await browser.openPage({ colorScheme, viewport });
  const { page } = open;
  await page.goto(server.url);
  await page.getByLabel('Token').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await logInAs(tokens.owner);
  expect(await findViolations(page)).toEqual([]);
  await chooseTeam(page, teams.turbo);
  await openMostUseful(page);
  expect(await findViolations(page)).toEqual([]);
  // Nothing sticks out of the screen.
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(viewport.width);
});

it('weighs little, and asks nobody but its own server', async () => {
  const { page } = open;
  const sizes: Promise<number>[] = [];
  const hosts = new Set<string>();
  page.on('requestfinished', (request) => {
    hosts.add(new URL(request.url()).host);
    const size = request.sizes();
    sizes.push(size.then((each) => each.responseBodySize + each.responseHeadersSize));
  });
  await logInAs(tokens.owner);
  const weights = await Promise.all(sizes);
  const weight = weights.reduce((sum, each) => sum + each, 0);
  expect(weight).toBeGreaterThan(0);
  expect(weight).toBeLessThan(MAX_PAGE_BYTES);
  expect([...hosts]).toEqual([new URL(server.url).host]);
});
