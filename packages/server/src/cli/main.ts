#!/usr/bin/env node
import './heap-flags.ts';
import { runCli } from './run-cli.ts';

process.stdout.on('error', () => {
  // A reader that has gone, such as `head`, has what it wanted.
});

void runCli(process.argv.slice(2)).then((exitCode) => {
  // Everything has an owner that ended it; what remains can only be a log line nobody reads.
  process.exit(exitCode);
});
