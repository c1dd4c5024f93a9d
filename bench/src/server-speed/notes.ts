import { AT_ONCE } from './compare-servers.ts';

/** What has to be known of the server that ours is held against. */
export const PLAIN_SERVER_NOTE =
  'The plain server streams an upload into a temporary file, hashes it with SHA-256 on the way, syncs ' +
  'its data and renames it; it streams a download from the file, knows what there is by a map in ' +
  'memory, checks one bearer token and does nothing else: no index on disk, no description of the ' +
  `artifact, no deadlines, no limits. Both answer ${AT_ONCE} connections that stay open; the requests ` +
  'come from the process of the bench, whose CPU time does not count. `larder-server` logs warnings only.';
