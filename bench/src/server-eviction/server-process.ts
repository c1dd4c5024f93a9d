// `@larder/server` in a process of its own, on a free port, which it tells its parent.
import { createServer, type ServerOptions } from '@larder/server';

const options = JSON.parse(process.argv[2] ?? '{}') as ServerOptions;

void createServer({ ...options, port: 0, logLevel: 'silent' }).then(async (server) => {
  process.on('disconnect', () => {
    void server.close().then(() => process.exit(0));
  });
  process.send?.({ url: await server.listen(), token: server.token });
});
