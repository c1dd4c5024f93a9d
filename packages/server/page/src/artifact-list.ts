import type { Api, ArtifactOrder, DescribedEntry } from './api.ts';
import { createTable, type Column } from './data-table.ts';
import { element } from './element.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from './format.ts';
import { nameOf } from './frame.ts';
import { formatPlace, type Place } from './place.ts';

const LISTS: readonly { readonly order: ArtifactOrder; readonly name: string }[] = [
  { order: 'saved', name: 'Most useful' },
  { order: 'size', name: 'Largest' },
  { order: 'recent', name: 'Newest' },
];

/** Artifacts of one team, or of all that the token may see, in one of several orders. */
export async function createArtifactList(
  api: Api,
  { range, team }: Extract<Place, { kind: 'overview' }>,
): Promise<HTMLElement> {
  const shown = element('div');

  async function show(order: ArtifactOrder): Promise<void> {
    const name = LISTS.find((list) => list.order === order)?.name ?? '';
    const { artifacts } = await api.artifacts({ order, team });
    shown.replaceChildren(
      artifacts.length === 0
        ? element('p', { class: 'muted' }, 'There are none.')
        : createTable(`${name} artifacts`, columns(range), artifacts),
    );
  }

  const choice = element(
    'fieldset',
    { class: 'choice' },
    element('legend', { class: 'visually-hidden' }, 'Order of the artifacts'),
    LISTS.map(({ order, name }, index) =>
      element(
        'label',
        {},
        element('input', {
          attributes: { type: 'radio', name: 'order', value: order, checked: index === 0 },
          on: { change: () => void show(order) },
        }),
        element('span', {}, name),
      ),
    ),
  );
  await show('saved');
  return element('section', { class: 'panel' }, element('h2', {}, 'Artifacts'), choice, shown);
}

function columns(range: Place['range']): Column<DescribedEntry>[] {
  return [
    {
      name: 'Artifact',
      cell: ({ team, api, hash }) => {
        const href = formatPlace({ kind: 'artifact', range, team, api, hash });
        return element('a', { attributes: { href } }, element('code', {}, shortened(hash)));
      },
    },
    { name: 'Team', cell: ({ team }) => nameOf(team) },
    { name: 'Size', isNumber: true, cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
    { name: 'Hits', isNumber: true, cell: ({ hits }) => formatCount(hits) },
    {
      name: 'Time saved',
      isNumber: true,
      cell: ({ savedMs }) => (savedMs === 0 ? '–' : formatDuration(savedMs)),
    },
    { name: 'Written by', cell: ({ writer }) => writer },
    { name: 'Written', cell: ({ createdAtMs }) => formatTime(createdAtMs) },
  ];
}

function shortened(hash: string): string {
  return hash.length > 16 ? `${hash.slice(0, 16)}…` : hash;
}
