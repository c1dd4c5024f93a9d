// Compiles a consumer of each package where nothing but that package and Node's types can be found,
// declarations included: a public type that needs undici, Nx or another dependency fails.
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const consumers = fileURLToPath(new URL('consumers', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const nodeTypes = join(root, 'node_modules', '@types', 'node');

/** `folder` holds the folders of the `packages`. */
export async function checkTypes(packages, folder) {
  const typeRoot = join(folder, 'node_modules', '@types');
  mkdirSync(typeRoot, { recursive: true });
  symlinkSync(nodeTypes, join(typeRoot, 'node'), 'junction');
  const options = {
    strict: true,
    skipLibCheck: false,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    typeRoots: [typeRoot],
    noEmit: true,
  };

  const consumersOf = new Map(packages.map((each) => [each, copyConsumers(each)]));
  const program = ts.createProgram([...consumersOf.values()].flat(), options);
  const problems = [formatDiagnostics(diagnose(program), folder).trim()];
  for (const [{ name, unpacked }, files] of consumersOf) {
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
    problems.push(
      ...files.flatMap((file) => [
        ...findReachable(manifest, file, options).map(
          (dependency) => `${dependency} can be found here, so that nothing would be proven.`,
        ),
        ...findUnused(manifest, file, program).map(
          (unused) => `The consumer of ${name} does not use ${unused}.`,
        ),
      ]),
    );
  }
  const text = [...new Set(problems)].filter((problem) => problem !== '').join('\n');
  if (text !== '') throw new Error(`The types of the packages are wrong.\n${text}`);
}

/** The same source as an ES module and as CommonJS. */
function copyConsumers({ folder }) {
  return ['mts', 'cts'].map((extension) => {
    const file = join(folder, `consumer.${extension}`);
    copyFileSync(join(consumers, `${basename(folder)}.ts`), file);
    return file;
  });
}

/** Leaves out the repository's declarations of JavaScript and Node, which take most of the time. */
function diagnose(program) {
  const ours = ts.sys.resolvePath(root);
  const diagnostics = program
    .getSourceFiles()
    .filter(({ fileName }) => !fileName.startsWith(ours))
    .flatMap((file) => ts.getPreEmitDiagnostics(program, file));
  return ts.sortAndDeduplicateDiagnostics(diagnostics);
}

function findReachable({ dependencies, peerDependencies }, file, options) {
  return Object.keys({ ...dependencies, ...peerDependencies }).filter(
    (dependency) => resolve(dependency, file, options) !== undefined,
  );
}

/** What the package exports but the consumer does not mention: its entries and their exports. */
function findUnused({ name, exports }, file, program) {
  const mentioned = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) mentioned.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(program.getSourceFile(file));

  const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
  return entries.flatMap((entry) => {
    const specifier = name + entry.slice(1);
    const declarations = resolve(specifier, file, program.getCompilerOptions());
    const source = declarations && program.getSourceFile(declarations);
    if (source === undefined) return [specifier];
    const checker = program.getTypeChecker();
    return checker
      .getExportsOfModule(checker.getSymbolAtLocation(source))
      .map((symbol) => symbol.name)
      .filter((exported) => !mentioned.has(exported));
  });
}

function resolve(specifier, file, options) {
  return ts.resolveModuleName(
    specifier,
    file,
    options,
    ts.sys,
    undefined,
    undefined,
    ts.ModuleKind.CommonJS,
  ).resolvedModule?.resolvedFileName;
}

function formatDiagnostics(diagnostics, folder) {
  return ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (file) => file,
    getCurrentDirectory: () => folder,
    getNewLine: () => '\n',
  });
}
