// For the entries of the agent's processes, which import it first: Node 22.8 and later keep what they
// compile from here on in the data folder, and load it from there the next time.
import * as nodeModule from 'node:module';
import { dataLayout } from './data-layout.ts';

const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
const dataDirectory = process.argv[2];
if (dataDirectory !== undefined) enableCompileCache?.(dataLayout(dataDirectory).compileCache);
