// What has to be known of a build whose gate is missed: why it is, and what was tried.

/** For a build of small tasks, with the plugin. */
export const SMALL_TASKS_NOTE =
  'With two cores such a build is a matter of CPU, not of the link: the tasks, Nx, the agent, the server ' +
  'and the proxy share them. Nx itself takes 2.1 s of it to pack 50 artifacts, on the way of its own ' +
  'client as on that of the hooks. On top of that the plugin has the worker that Nx starts for any plugin ' +
  'with hooks (0.3 s of CPU, 0.15 s of the wall before the first task), the start of the agent (0.25 s of ' +
  'CPU), 5 to 8 ms for each task in processes so new that little of their code is compiled yet, and the ' +
  'last upload, which the command waits for (0.17 s).';

/** For a build that finds its small tasks in the cache: nothing is packed or sent. */
export const SMALL_HITS_NOTE =
  'A build that finds its tasks in the cache is a matter of CPU as well. Taken apart, process by process: ' +
  'the worker that Nx starts for any plugin with hooks takes 0.3 s; the agent takes 0.65 s with the hooks ' +
  '(0.2 s in front, 0.45 s behind, of which 0.12 s is loading its code), and 1.1 s with the fast lane, ' +
  'where it also decompresses 50 MB (0.25 s) and writes 800 files (0.25 s), while Nx saves only 0.2 s. The ' +
  'first lookups come 0.1 s before the process of a new agent that answers them has loaded its code.';

export const SMALL_TASKS_TRIED_NOTE =
  'What helped: an empty graph hook, which has Nx start its worker once instead of twice (0.25 s); holding ' +
  'back 1 MiB instead of 8 for exact durations (0.57 s less to wait for at the end). What did not: doing ' +
  'without the optimizing compiler in the agent; starting the agent while Nx makes its graph, when both ' +
  'cores are busy (no difference in 8 pairs). Left alone: undici takes 80 ms of CPU to load, of which its ' +
  'pool alone would take 30, but it has no smaller entry, and its inner files are its own. With ' +
  '`NX_ISOLATE_PLUGINS=false` Nx starts no worker.';

/** For a build of large tasks, with the plugin. */
export const LARGE_TASKS_NOTE =
  'Nx packs with gzip in its own process, 15 to 20 s of CPU for 500 MB, and the command takes as long as ' +
  'that with its own client and with the hooks, which can only send at once what Nx has packed. With the ' +
  'fast lane the agent packs, some 2 s of CPU by what archives of this size cost; the wall is the link, ' +
  'which takes 8 to 9 s for these bytes. The rest of its CPU was not taken apart. Part of it must be ' +
  'copying: the tasks write 500 MB, Nx copies them into its cache, and on this virtual machine memory ' +
  'that is touched first costs up to 3 ms a megabyte. The slower the processor, the better for the fast ' +
  'lane: where direct took 22.0 s, in an earlier run of the same code, it was at 0.533×.';

/** For a build that does not wait for its uploads. */
export const LAPTOP_NOTE =
  'Most of the difference lies before the first task: 0.15 to 0.3 s for the worker that Nx starts for any ' +
  'plugin with hooks, and 0.4 s until the agent, which this bench ends after each command, has started and ' +
  'asked the server for the five tasks. A laptop on which the agent is still running has only the asking. ' +
  'While the tasks run, packing takes 0.1 to 0.2 s from them; giving the agent a lower priority (nice 10) ' +
  'made no difference in 8 pairs. Packing cannot wait for the end of the command, since Nx may remove the ' +
  'folder. With the hooks it is Nx that packs, before its command goes on. With the files on ext4, where ' +
  'each cost more, the difference was 1.3 s.';

/** For a build with the tasks runner. */
export const RUNNER_NOTE =
  'Of what a warm build adds, 0.25 s of CPU is the start of the agent, and the link takes 0.8 s for these ' +
  'bytes, whoever asks for them; @vercel/remote-nx needs no agent. With the files on ext4, where each cost ' +
  'more, with either, it was at 0.43× for a cold build and 0.65× for a warm one.';

/** For a build that finds its large tasks in the cache. */
export const LARGE_HITS_NOTE =
  'With the hooks Nx gets an artifact only when all of it has arrived in the agent and is verified, which ' +
  'its own client does not do; with the fast lane the agent unpacks while the artifact arrives. What each ' +
  'part of the difference takes was not measured.';
