import { type ProjectLayout } from './project-layout.ts';

/**
 * Twelve independent tasks of different lengths: with one slot, all but the first wait for it,
 * although they are looked up at the same time.
 */
export const twelveTasks: readonly ProjectLayout[] = Array.from({ length: 12 }, (_, index) => {
  const name = `part-${String(index + 1).padStart(2, '0')}`;
  const path = `projects/${name}/dist/part.txt`;
  return {
    name,
    dependsOn: [],
    workMs: 80 + index * 40,
    outputs: ['{projectRoot}/dist'],
    entries: [{ kind: 'file', path, text: `This is ${name}.\n`, mode: 0o644 }],
  };
});
