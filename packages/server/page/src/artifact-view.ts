import type { Api, ArtifactName, DescribedEntry, WhoAmI } from './api.ts';
import { element, type Content } from './element.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from './format.ts';
import { nameOf } from './frame.ts';
import { formatPlace, type Place } from './place.ts';

/** Everything that the server knows of one artifact, and its end for those who may decide that. */
export async function showArtifact(
  api: Api,
  place: Extract<Place, { kind: 'artifact' }>,
  whoAmI: WhoAmI,
): Promise<HTMLElement> {
  const artifact = await api.artifact(place);
  const overview = formatPlace({ kind: 'overview', range: place.range, team: place.team });
  const mayPurge = whoAmI.access === 'read-write' && whoAmI.scope === artifact.scope;
  return element(
    'article',
    { class: 'panel' },
    element('p', {}, element('a', { attributes: { href: overview } }, '← Overview')),
    element('h1', {}, 'Artifact'),
    element(
      'dl',
      { class: 'facts' },
      factsOf(artifact).map(([name, value]) => [
        element('dt', {}, name),
        element('dd', {}, value ?? element('span', { class: 'muted' }, 'not told')),
      ]),
    ),
    mayPurge ? createPurge(api, place, overview) : null,
  );
}

function factsOf(artifact: DescribedEntry): [string, Content][] {
  const { hash, sha256, tag, durationMs, sha, dirtyHash, clientCi, isClientInteractive } = artifact;
  return [
    ['Hash', code(hash)],
    ['API', artifact.api === 'nx' ? 'Nx’s own cache API' : 'artifacts API'],
    ['Team', nameOf(artifact.team)],
    ['Scope', artifact.scope],
    ['Size', `${formatBytes(artifact.sizeBytes)} (${formatCount(artifact.sizeBytes)} bytes)`],
    ['SHA-256', code(sha256)],
    ['Tag', tag === null ? null : code(tag)],
    ['Duration of the task', durationMs === null ? null : formatDuration(durationMs)],
    ['Hits', formatCount(artifact.hits)],
    ['Time saved', formatDuration(artifact.savedMs)],
    ['Last used', formatTime(artifact.accessedAtMs)],
    ['Written', formatTime(artifact.createdAtMs)],
    ['Written by', `${artifact.writer} (${artifact.tokenId})`],
    ['Repository', artifact.repository],
    ['Ref', artifact.ref],
    ['CI run', artifact.run],
    ['Commit', sha === null ? null : code(sha)],
    ['Uncommitted changes', dirtyHash === null ? null : code(dirtyHash)],
    ['CI service', clientCi],
    ['At a terminal', isClientInteractive === null ? null : isClientInteractive ? 'yes' : 'no'],
  ];
}

function code(text: string): HTMLElement {
  return element('code', {}, text);
}

/** A button that asks once more before it does what cannot be undone. */
function createPurge(api: Api, name: ArtifactName, overview: string): HTMLElement {
  const alert = element('p', { class: 'bad', attributes: { role: 'alert' } });
  const confirm = element(
    'button',
    { class: 'danger', attributes: { type: 'button' }, on: { click: () => void purge() } },
    'Purge it',
  );
  const dialog = element(
    'dialog',
    { attributes: { 'aria-labelledby': 'purge-title' } },
    element('h2', { attributes: { id: 'purge-title' } }, 'Purge this artifact?'),
    element('p', {}, 'Whoever needs it next builds it again and stores it anew.'),
    alert,
    element(
      'form',
      { class: 'actions', attributes: { method: 'dialog' } },
      element('button', { attributes: { autofocus: true } }, 'Keep it'),
      confirm,
    ),
  );

  async function purge(): Promise<void> {
    confirm.disabled = true;
    try {
      await api.purge(name);
      dialog.close();
      location.hash = overview;
    } catch (error) {
      alert.textContent = error instanceof Error ? error.message : String(error);
      confirm.disabled = false;
    }
  }

  return element(
    'div',
    {},
    element(
      'button',
      {
        class: 'danger',
        attributes: { type: 'button' },
        on: {
          click() {
            dialog.showModal();
          },
        },
      },
      'Purge …',
    ),
    dialog,
  );
}
