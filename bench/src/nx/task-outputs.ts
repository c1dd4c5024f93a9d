import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { repositoryRoot } from '@larder/e2e/repository';
import { type ProjectLayout } from '@larder/e2e/workspace/project-layout';

/** What the tasks of a workspace leave behind. */
export interface OutputSize {
  readonly tasks: number;
  readonly filesPerTask: number;
  readonly fileBytes: number;
}

export interface TaskOutputs {
  readonly size: OutputSize;
  /** Projects whose task does nothing but copy its outputs, so that the cache is what takes time. */
  readonly projects: readonly ProjectLayout[];
  /** How many times smaller gzip makes them. */
  readonly compression: number;
}

/** Packages of which the text of the outputs is taken: what bundlers and compilers make. */
const SOURCES = ['typescript', 'prettier', 'eslint', '@babel', '@typescript-eslint', 'zod', '@nx'];
const TEXT = /\.(js|cjs|mjs|d\.ts)$/;

/** Writes the outputs of all tasks where the tasks will copy them from. */
export async function writeTaskOutputs(folder: string, size: OutputSize): Promise<TaskOutputs> {
  const text = readText(join(repositoryRoot, 'node_modules'));
  const names = Array.from({ length: size.tasks }, (_, index) => `part-${String(index + 1)}`);
  let sample: Buffer = Buffer.alloc(0);
  for (const [index, name] of names.entries()) {
    const files = sliceFor(text, index, { name, ...size });
    await mkdir(join(folder, name), { recursive: true });
    for (const [number, content] of files.entries()) {
      await writeFile(join(folder, name, `chunk-${String(number + 1)}.js`), content);
    }
    if (index === 0) sample = Buffer.concat(files);
  }
  return {
    size,
    projects: names.map((name) => copyingTask(name, join(folder, name))),
    compression: sample.length / gzipSync(sample).length,
  };
}

function copyingTask(name: string, from: string): ProjectLayout {
  const dist = `projects/${name}/dist`;
  const command = `mkdir -p ${dist} && cp -R ${from}/. ${dist}`;
  return { name, dependsOn: [], outputs: ['{projectRoot}/dist'], command };
}

/** Parts of the text from a place of its own for each task, each file with a line of its own. */
function sliceFor(
  text: Buffer<ArrayBuffer>,
  index: number,
  { name, filesPerTask, fileBytes }: OutputSize & { name: string },
): Buffer<ArrayBuffer>[] {
  let position = (index * filesPerTask * fileBytes) % text.length;
  return Array.from({ length: filesPerTask }, (_, number) => {
    const head = Buffer.from(`/*! ${name}, chunk ${number + 1} */\n`);
    const parts = [head];
    let missing = fileBytes - head.length;
    while (missing > 0) {
      const part = text.subarray(position, position + missing);
      parts.push(part);
      missing -= part.length;
      position = (position + part.length) % text.length;
    }
    return Buffer.concat(parts);
  });
}

/** The same bytes for the same installed packages. */
function readText(modules: string): Buffer<ArrayBuffer> {
  const files = SOURCES.flatMap((name) =>
    readdirSync(join(modules, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && TEXT.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  );
  return Buffer.concat(files.map((file) => readFileSync(file)));
}
