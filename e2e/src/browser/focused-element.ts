import { type Page } from 'playwright-core';

/** What has the keyboard, and how it is marked. */
export interface FocusedElement {
  readonly name: string;
  /** CSS `outline-style`; `none` where nothing shows where one is. */
  readonly outline: string;
}

/** Runs in the browser. A hidden input is marked by what stands behind it. */
const EXPRESSION = `(() => {
  const focused = document.activeElement ?? document.body;
  const marked = focused.matches('.choice input') ? focused.nextElementSibling : focused;
  return {
    name: focused.getAttribute('aria-label') ?? focused.textContent,
    outline: getComputedStyle(marked).outlineStyle,
  };
})()`;

export function focusedElement(page: Page): Promise<FocusedElement> {
  return page.evaluate<FocusedElement>(EXPRESSION);
}
