// The picture of the demo in the README: what it really printed, as an SVG.

const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 19;
const MARGIN = 18;

/** Legible on light and on dark pages: the colours follow the reader's. */
const STYLE = `
.page { fill: #f6f8fa; stroke: #d0d7de }
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #57606a; white-space: pre }
.said { fill: #1f2328 }
.command { fill: #0550ae; font-weight: bold }
.larder { fill: #116329; font-weight: bold }
@media (prefers-color-scheme: dark) {
.page { fill: #161b22; stroke: #30363d }
text { fill: #9198a1 }
.said { fill: #e6edf3 }
.command { fill: #79c0ff }
.larder { fill: #7ee787 }
}
`.trim();

const ESCAPES: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
];

export function renderPicture(lines: readonly string[]): string {
  const width = Math.ceil(
    Math.max(...lines.map((line) => line.length)) * CHARACTER_WIDTH + 2 * MARGIN,
  );
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const texts = lines.flatMap((line, index) => {
    if (line === '') return [];
    const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
    const name = classOf(line);
    const attributes = `x="${MARGIN}" y="${y}"${name === null ? '' : ` class="${name}"`}`;
    return `<text ${attributes} xml:space="preserve">${escape(line)}</text>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>What the demo prints</title>',
    `<style>${STYLE}</style>`,
    `<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...texts,
    '</svg>',
  ].join('\n')}\n`;
}

/** The lines of a picture, but for empty ones. */
export function linesOf(picture: string): string[] {
  return [...picture.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, text = '']) => unescape(text));
}

/**
 * What is the same each time of what the demo prints: without times, sizes and what Nx works out of
 * them, and whatever the order in which tasks end.
 */
export function stableLines(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replace(/(Run duration|Critical path|Recoverable time):.*/, '$1')
        .replaceAll(/\d+(?:\.\d+)? (?:ms|s|min|B|kB|MB)\b/g, '…')
        .trim(),
    )
    .sort();
}

function classOf(line: string): string | null {
  if (line.startsWith('  $ ')) return 'command';
  if (/^ {2}│ (?:Larder: |.*\[remote cache\])/.test(line)) return 'larder';
  return line.startsWith('  │') ? null : 'said';
}

function escape(text: string): string {
  return ESCAPES.reduce((result, [from, to]) => result.replaceAll(from, to), text);
}

function unescape(text: string): string {
  return ESCAPES.reduceRight((result, [to, from]) => result.replaceAll(from, to), text);
}
