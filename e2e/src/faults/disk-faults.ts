import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { formatOf } from '../workspace/nx-version.ts';
import { type Fault } from './fault.ts';
import { mountSmallDisk, whyNoSmallDisk } from './small-disk.ts';

/** Room for the agent's own files and the small artifacts, not for the one of a megabyte. */
const SMALL_DISK_KILOBYTES = 600;

/** What happens to the disk that holds the plugin's own folder. */
export const diskFaults: readonly Fault[] = [
  {
    name: 'the disk is too small for the spool',
    cache: 'empty',
    executed: 'all',
    warning: ({ nxVersion, hasFastLane }) =>
      formatOf(nxVersion, hasFastLane) === 'nx.tar.gz'
        ? { problem: /could not be kept for its upload/, remedy: /Free disk space/ }
        : // While the large one is packed it has taken the room that the notes on the others need.
          {
            problem: /Cannot pack .*no space left|could not be kept for its upload/,
            remedy: /free (disk )?space/i,
          },
    whyNot: whyNoSmallDisk,
    async arrange({ dataDirectory, cleanup }) {
      cleanup.add(await mountSmallDisk(dataDirectory, SMALL_DISK_KILOBYTES));
      return {};
    },
  },
  {
    name: 'the disk is too small for a download',
    cache: 'filled',
    executed: 'any',
    // Folders are unpacked while they arrive, next to where Nx wants them.
    warning: ({ nxVersion, hasFastLane }) =>
      formatOf(nxVersion, hasFastLane) === 'tar.br'
        ? null
        : { problem: /cannot be written|could not be written/, remedy: /free space/ },
    whyNot: whyNoSmallDisk,
    async arrange({ dataDirectory, cleanup }) {
      cleanup.add(await mountSmallDisk(dataDirectory, SMALL_DISK_KILOBYTES));
      return {};
    },
  },
  {
    name: 'the disk was full before the agent started',
    cache: 'empty',
    executed: 'all',
    warning: { problem: /could not be started/, remedy: /LARDER_DATA_DIRECTORY/ },
    whyNot: whyNoSmallDisk,
    async arrange({ dataDirectory, cleanup }) {
      cleanup.add(await mountSmallDisk(dataDirectory, 64));
      await writeFile(join(dataDirectory, 'everything'), Buffer.alloc(1_000_000)).catch(
        () => undefined,
      );
      return {};
    },
  },
];
