#!/usr/bin/env node
import { runCli } from './run-cli.ts';

void runCli(process.argv.slice(2)).then((exitCode) => {
  // Everything has an owner that ended it; what remains can only be a log line nobody reads.
  process.exit(exitCode);
});
