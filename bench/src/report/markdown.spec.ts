import { anchorOf, escapeMarkdown, formatList, formatTable } from './markdown.ts';

describe('a table', () => {
  it('has no column that is empty in every row', () => {
    const rows = [{ name: 'a', gate: '' }];
    const table = formatTable(rows, [
      { heading: 'what', cellOf: ({ name }) => name },
      { heading: 'gate', isNumber: true, cellOf: ({ gate }) => gate },
      { heading: 'twice', isNumber: true, cellOf: ({ name }) => name + name },
    ]);
    expect(table).toBe('| what | twice |\n| --- | --: |\n| a | aa |');
  });
});

describe('text', () => {
  it('that Markdown would read as something else is escaped', () => {
    expect(escapeMarkdown('a|b <c> *d* [e] `f` _g_')).toBe(
      String.raw`a\|b \<c\> \*d\* \[e\] \`f\` \_g\_`,
    );
  });

  it.each([
    ['Memory of the client', 'memory-of-the-client'],
    ['Start-up: what it adds', 'start-up-what-it-adds'],
    ['5 × 100 MB', '5--100-mb'],
  ])('of the heading "%s" has the anchor %s', (heading, anchor) => {
    expect(anchorOf(heading)).toBe(anchor);
  });

  it('of several things is a list as one would say it', () => {
    expect(formatList(['a'])).toBe('a');
    expect(formatList(['a', 'b', 'c'])).toBe('a, b and c');
  });
});
