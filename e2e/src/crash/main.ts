// `npm run e2e:crash`: the server is killed at random moments under load, two hundred times, and must
// have kept everything that it acknowledged, and nothing else. The exit code says whether it did.
// Shorter: `npm run e2e:crash -- --rounds=20`.
import { parseArgs } from 'node:util';

import { readEnvironment } from '../environment.ts';
import { serverInstallation } from '../installations/installation.ts';
import { prepareInstallations } from '../installations/prepare-installations.ts';
import { createMachine } from '../machines/create-machine.ts';
import { runScript } from '../processes/run-script.ts';
import { type CrashRound, runCrashRounds } from './run-crash-rounds.ts';

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`--rounds must be a whole number from 1 on, not "${values.rounds}".`);
  }
  await prepareInstallations([serverInstallation], {
    env: readEnvironment().inherited,
    onProgress: (text) => {
      console.log(`${text} …`);
    },
  });
  const machine = await createMachine();
  try {
    let count = 0;
    const results = await runCrashRounds(machine, {
      rounds,
      onRound(round) {
        count += 1;
        printRound(count, round);
      },
    });
    return printSum(results);
  } finally {
    await machine.remove();
  }
}

function printRound(count: number, round: CrashRound): void {
  const { acknowledged, interrupted, unfinished, reads, verified, seconds } = round;
  const notes = [
    ...(round.startCrashes > 0 ? ['killed again while starting'] : []),
    ...(round.wasRepaired ? ['repaired'] : []),
  ].map((note) => `, ${note}`);
  console.log(
    `  round ${count}: ${acknowledged} uploads, ${interrupted} interrupted, ${unfinished} on disk, ` +
      `${reads} reads${notes.join('')}; ${verified} artifacts compared; ${seconds.toFixed(1)} s`,
  );
  for (const problem of round.problems) console.log(`    ${problem}`);
}

function printSum(rounds: readonly CrashRound[]): boolean {
  const sum = (numberOf: (round: CrashRound) => number) =>
    rounds.reduce((total, round) => total + numberOf(round), 0);
  const problems = sum((round) => round.problems.length);
  const startCrashes = sum((round) => round.startCrashes);
  const repairs = rounds.filter(({ wasRepaired }) => wasRepaired).length;
  console.log(
    `\ncrash: ${rounds.length} rounds, ${startCrashes} more crashes while starting, ${repairs} repairs, ` +
      `${sum((round) => round.acknowledged)} uploads acknowledged, ` +
      `${sum((round) => round.interrupted)} interrupted (${sum((round) => round.unfinished)} on disk), ` +
      `${sum((round) => round.reads)} reads meanwhile, ${sum((round) => round.verified)} comparisons, ` +
      `${problems} problems`,
  );
  return problems === 0;
}

runScript(main);
