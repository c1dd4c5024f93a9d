import { element, type Content } from './element.ts';

export interface Column<Row> {
  readonly name: string;
  readonly isNumber?: boolean;
  /** Sentences, which may take several lines. */
  readonly isText?: boolean;
  readonly cell: (row: Row) => Content;
}

/** A table that scrolls by itself where the screen is narrow. */
export function createTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): HTMLElement {
  const table = element(
    'table',
    {},
    element('caption', {}, caption),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        columns.map((column) =>
          element('th', { ...classOf(column), attributes: { scope: 'col' } }, column.name),
        ),
      ),
    ),
    element(
      'tbody',
      {},
      rows.map((row) =>
        element(
          'tr',
          {},
          columns.map((column) => element('td', classOf(column), column.cell(row))),
        ),
      ),
    ),
  );
  // Who has no mouse scrolls it with the arrow keys.
  const attributes = { tabindex: 0, role: 'region', 'aria-label': caption };
  return element('div', { class: 'scroll', attributes }, table);
}

function classOf({
  isNumber = false,
  isText = false,
}: Pick<Column<unknown>, 'isNumber' | 'isText'>) {
  if (isNumber) return { class: 'number' };
  return isText ? { class: 'text' } : {};
}
