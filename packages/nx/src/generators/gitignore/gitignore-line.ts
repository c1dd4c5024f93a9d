/** Whether the rules of a `.gitignore` keep a path out of git; with slashes, from its own folder. */
export type IgnoreRules = (gitignore: string, path: string) => boolean;

/**
 * A `.gitignore` that keeps a folder out of git: as it is when it does so already, otherwise with a
 * line more, in the file's own way of ending lines and of ending itself.
 */
export function withIgnoredFolder(text: string, folder: string, isIgnored: IgnoreRules): string {
  if (linesOf(text).includes(folder) || isIgnored(text, `${folder}/agent.json`)) return text;
  if (text === '') return folder;
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  return text.endsWith('\n') ? text + folder + end : text + end + folder;
}

/** A `.gitignore` without the line that {@link withIgnoredFolder} adds. */
export function withoutIgnoredFolder(text: string, folder: string): string {
  const pieces = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const index = pieces.findLastIndex((piece) => piece.trim() === folder);
  if (index < 0) return text;
  const kept = pieces.filter((_, each) => each !== index).join('');
  // The last line had no end before a line was added behind it.
  const wasAddedBehind = index === pieces.length - 1 && !text.endsWith('\n');
  return wasAddedBehind ? kept.replace(/\r?\n$/, '') : kept;
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim());
}
