#!/usr/bin/env node
import { runCli } from './run-cli.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
});

void runCli(process.argv.slice(2), {
  variables: process.env,
  print: (text) => write(process.stdout, text),
  printError: (text) => write(process.stderr, text),
  signal: interrupted.signal,
}).then((exitCode) => {
  process.exit(exitCode);
});

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    // A reader that has gone, such as `head`, has what it wanted.
    stream.once('error', () => {
      resolve();
    });
    stream.write(text, () => {
      resolve();
    });
  });
}
