import type { WhoAmI } from './api.ts';
import { element } from './element.ts';
import { formatPlace, RANGES, type Place } from './place.ts';

export interface FrameOptions {
  readonly whoAmI: WhoAmI;
  readonly go: (place: Place) => void;
  readonly logOut: () => void;
}

/** What stays on every page: where one is, and how to get elsewhere. */
export interface Frame {
  readonly root: HTMLElement;
  readonly main: HTMLElement;
  update(place: Place): void;
  /** Tells readers who do not see it that the page is another one now. */
  announce(place: Place): void;
  /** Teams that can be chosen, for a token that is for all of them. */
  readonly learnTeams: (teams: readonly string[]) => void;
}

const RANGE_NAMES = { '24h': '24 hours', '7d': '7 days', '30d': '30 days', '1y': '1 year' };

export function createFrame({ whoAmI, go, logOut }: FrameOptions): Frame {
  let current: Place = { kind: 'overview', range: '24h', team: null };
  const known = new Set(whoAmI.teams ?? []);

  const teams = element('select', {
    attributes: { 'aria-label': 'Team' },
    on: {
      change() {
        const team = teams.value === '*' ? null : teams.value.slice(1);
        go({ kind: 'overview', range: current.range, team });
      },
    },
  });
  const ranges = RANGES.map((range) => {
    const input = element('input', {
      attributes: { type: 'radio', name: 'range', value: range },
      on: {
        change() {
          go({ kind: 'overview', range, team: current.team });
        },
      },
    });
    return { range, input, label: element('label', {}, input, element('span', {}, range)) };
  });
  const brand = element(
    'a',
    { class: 'brand' },
    element('img', { attributes: { src: 'page/icon.svg', alt: '', width: 26, height: 26 } }),
    'Larder',
  );
  const status = element('p', { class: 'visually-hidden', attributes: { role: 'status' } });
  const main = element('main', { attributes: { tabindex: -1 } });
  const root = element(
    'div',
    {},
    element(
      'header',
      { class: 'bar' },
      brand,
      teams,
      element(
        'fieldset',
        { class: 'choice' },
        element('legend', { class: 'visually-hidden' }, 'Time'),
        ranges.map(({ label }) => label),
      ),
      element('span', { class: 'muted' }, whoAmI.label),
      element('button', { attributes: { type: 'button' }, on: { click: logOut } }, 'Log out'),
    ),
    status,
    main,
    element('footer', { class: 'bar muted' }, `larder-server ${whoAmI.version}`),
  );

  function showTeams(): void {
    if (current.team !== null) known.add(current.team);
    const options = [...known].sort().map((team) => ({ value: `=${team}`, text: nameOf(team) }));
    const all = { value: '*', text: whoAmI.teams === null ? 'All teams' : 'All my teams' };
    teams.replaceChildren(
      ...[all, ...options].map(({ value, text }) =>
        element('option', { attributes: { value } }, text),
      ),
    );
    teams.value = current.team === null ? '*' : `=${current.team}`;
  }

  return {
    root,
    main,
    update(place) {
      current = place;
      brand.href = formatPlace({ kind: 'overview', range: place.range, team: place.team });
      for (const { range, input } of ranges) input.checked = range === place.range;
      showTeams();
    },
    announce(place) {
      const name = place.kind === 'overview' ? 'Overview' : 'Artifact';
      status.textContent = `${name}, ${RANGE_NAMES[place.range]}`;
    },
    learnTeams(names) {
      for (const name of names) known.add(name);
      showTeams();
    },
  };
}

/** A server without teams has one that has no name. */
export function nameOf(team: string): string {
  return team === '' ? '(no team)' : team;
}
