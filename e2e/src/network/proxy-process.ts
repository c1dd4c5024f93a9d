// A shaped proxy as a process of its own, so that its work is nobody else's: started with its options
// as JSON, prints one line of JSON when it listens, ends on SIGTERM.
import { createShapedProxy, type ShapedProxyOptions } from './shaped-proxy.ts';

async function main(): Promise<void> {
  const proxy = await createShapedProxy(JSON.parse(process.argv[2] ?? '') as ShapedProxyOptions);
  process.once('SIGTERM', () => void proxy.close());
  console.log(JSON.stringify({ url: proxy.url }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
