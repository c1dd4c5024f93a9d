/** Where the token of whoever is logged in is kept. It leaves the browser in no other way than a header. */
const KEY = 'larder-token';

export function readToken(): string | null {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
}

/** @param options.isKept - Beyond the end of the tab. */
export function keepToken(token: string, { isKept }: { isKept: boolean }): void {
  forgetToken();
  (isKept ? localStorage : sessionStorage).setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
}
