// How the fast lane, in Nx's own process, learns of the run that a hook or the runner has opened.
import { fastLaneVariables } from '../options/environment.ts';

/** Tells this process where the agent waits for its folders. */
export function openFastLane(
  variables: NodeJS.ProcessEnv,
  run: { readonly url: string; readonly token: string },
): void {
  variables[fastLaneVariables.url] = run.url;
  variables[fastLaneVariables.token] = run.token;
}

/** Takes that back, also from a command that has inherited it from the one that runs it as a task. */
export function closeFastLane(variables: NodeJS.ProcessEnv): void {
  for (const name of Object.values(fastLaneVariables)) {
    // Of what a hook does to variables Nx carries over only that they have another value.
    if (variables[name] !== undefined) variables[name] = '';
  }
}
