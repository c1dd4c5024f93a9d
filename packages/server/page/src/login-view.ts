import { element } from './element.ts';

export interface LoginOptions {
  /** Why the reader has to log in again, if there is anything to say. */
  readonly message: string | null;
  /** Rejects when the token is not accepted. */
  readonly logIn: (token: string, isKept: boolean) => Promise<void>;
}

export function showLogin(page: HTMLElement, { message, logIn }: LoginOptions): void {
  const token = element('input', {
    attributes: {
      type: 'password',
      name: 'token',
      autocomplete: 'current-password',
      spellcheck: 'false',
      required: true,
    },
  });
  // Where a browser's own store of passwords looks for a name to keep the token under.
  const name = element('input', {
    attributes: { type: 'text', autocomplete: 'username', value: 'Larder', hidden: true },
  });
  const isKept = element('input', { attributes: { type: 'checkbox', name: 'keep' } });
  const button = element('button', { class: 'primary' }, 'Log in');
  const alert = element('p', { class: 'bad', attributes: { role: 'alert' } }, message);

  async function submit(): Promise<void> {
    button.disabled = true;
    alert.textContent = '';
    try {
      await logIn(token.value.trim(), isKept.checked);
    } catch (error) {
      alert.textContent = error instanceof Error ? error.message : String(error);
      button.disabled = false;
      token.focus();
    }
  }

  const form = element(
    'form',
    {
      class: 'login panel',
      on: {
        submit(event) {
          event.preventDefault();
          void submit();
        },
      },
    },
    element('h1', {}, 'Larder'),
    element(
      'p',
      { class: 'muted' },
      'With a token of this server you see the usage of the teams that it is for.',
    ),
    name,
    element('label', {}, 'Token', token),
    element('label', { class: 'inline' }, isKept, 'Stay logged in on this device'),
    alert,
    button,
  );
  page.replaceChildren(element('main', {}, form));
  token.focus();
}
