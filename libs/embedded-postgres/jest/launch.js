// A process of its own that starts the server, for tests that kill it:
//   node --conditions=@cairn/source --import <this folder>/register-source.js launch.js '<options as JSON>'
// It prints one line of JSON when it is ready or has failed, and obeys the lines "stop" and "exit" on stdin.
import { createInterface } from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

try {
  const { startEmbeddedPostgres } = await import('../src/index.ts');
  const onUnexpectedExit = (error) => say({ exited: error.message });
  const server = await startEmbeddedPostgres({ ...JSON.parse(process.argv[2] ?? '{}'), onUnexpectedExit });
  await server.announce('http://127.0.0.1:3000');
  say({ url: server.url, port: server.port, pid: server.pid, origin: server.origin });
  for await (const line of createInterface(process.stdin)) {
    if (line === 'exit') process.exit(0);
    if (line !== 'stop') continue;
    await server.stop();
    say({ stopped: true });
    process.exit(0);
  }
} catch (error) {
  const { name, message, pid, address, purpose } = error;
  say({ error: { name, message, pid, address, purpose } });
  process.exit(1);
}
