/** What has to be known of the package that ours is held against. */
export const VERCEL_REMOTE_NOTE =
  '`@vercel/remote` sends with node-fetch over a connection that stays open, as ours does. It makes no ' +
  'digest and verifies none, repeats nothing, has no time-outs, and waits for ever for the rest of a ' +
  'download that breaks off. What it is to send as a stream it collects in memory first, all of it; ' +
  'into a file it downloads nothing.';
