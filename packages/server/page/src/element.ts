/** What an element may hold; null and undefined hold nothing. */
export type Content = Node | string | number | null | undefined | readonly Content[];

export interface ElementOptions {
  readonly class?: string;
  /** Attributes; one that is null is left out, one that is true has no value. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | null>>;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
}

/** Makes an element. Texts stay texts: nothing is ever read as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  options: ElementOptions = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (options.class !== undefined) made.className = options.class;
  for (const [attribute, value] of Object.entries(options.attributes ?? {})) {
    if (value === true) made.setAttribute(attribute, '');
    else if (value !== null && value !== false) made.setAttribute(attribute, String(value));
  }
  for (const [event, listener] of Object.entries(options.on ?? {})) {
    made.addEventListener(event, listener);
  }
  append(made, content);
  return made;
}

function append(parent: HTMLElement, content: Content): void {
  if (content === null || content === undefined) return;
  if (typeof content === 'string' || typeof content === 'number') parent.append(String(content));
  else if (content instanceof Node) parent.append(content);
  else for (const part of content) append(parent, part);
}
