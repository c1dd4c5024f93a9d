// The dashboard: who is not logged in sees the login, everybody else the place that the address names.
import { ApiError, createApi, type Api, type WhoAmI } from './api.ts';
import { showArtifact } from './artifact-view.ts';
import { element } from './element.ts';
import { createFrame } from './frame.ts';
import { showLogin } from './login-view.ts';
import { showOverview } from './overview-view.ts';
import { formatPlace, parsePlace, type Place } from './place.ts';
import { forgetToken, keepToken, readToken } from './session.ts';

/** Numbers that are older than this are asked for anew while somebody looks. */
const REFRESH_MS = 60_000;

const page = document.getElementById('page') ?? document.body;

async function start(): Promise<void> {
  const token = readToken();
  if (token === null) {
    askForToken(null);
    return;
  }
  const api = createApi(token);
  try {
    run(api, await api.whoAmI());
  } catch (error) {
    // A server that is being started again is no reason to ask for the token again.
    if (error instanceof ApiError && error.status === 401) forgetToken();
    askForToken(messageOf(error));
  }
}

function askForToken(message: string | null): void {
  showLogin(page, {
    message,
    async logIn(token, isKept) {
      const whoAmI = await createApi(token).whoAmI();
      keepToken(token, { isKept });
      run(createApi(token), whoAmI);
    },
  });
}

function run(api: Api, whoAmI: WhoAmI): void {
  const frame = createFrame({
    whoAmI,
    go(place) {
      location.hash = formatPlace(place);
    },
    logOut() {
      forgetToken();
      location.hash = '';
      location.reload();
    },
  });
  page.replaceChildren(frame.root);
  const ended = new AbortController();
  let latest = 0;

  /** Only what was asked for last is shown, however late answers come. */
  async function show({ isAnew }: { isAnew: boolean }): Promise<void> {
    const place = parsePlace(location.hash);
    const turn = ++latest;
    frame.update(place);
    try {
      const content = await contentOf(place);
      if (turn !== latest) return;
      frame.main.replaceChildren(content);
      if (isAnew) frame.announce(place);
    } catch (error) {
      if (turn !== latest) return;
      if (error instanceof ApiError && error.status === 401) {
        // Whoever logs in now does so with another token, which this one must not take away.
        ended.abort();
        forgetToken();
        askForToken(error.message);
      } else frame.main.replaceChildren(problem(messageOf(error)));
    }
  }

  function contentOf(place: Place): Promise<HTMLElement> {
    if (place.kind === 'overview') return showOverview(api, place, frame.learnTeams);
    return showArtifact(api, place, whoAmI);
  }

  const { signal } = ended;
  addEventListener('hashchange', () => void show({ isAnew: true }), { signal });
  const timer = setInterval(() => {
    const isOverview = parsePlace(location.hash).kind === 'overview';
    if (isOverview && document.visibilityState === 'visible') void show({ isAnew: false });
  }, REFRESH_MS);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
  });
  void show({ isAnew: false });
}

function problem(message: string): HTMLElement {
  const attributes = { role: 'alert' };
  return element('p', { class: 'panel bad', attributes }, message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void start();
