// One server for the whole Jest run; workers find its address in their environment. It is started from the sources.
import './register-source.js';

export default async function globalSetup() {
  const { startTestServer } = await import('../src/testing/test-server.ts');
  const server = await startTestServer();
  process.env.CAIRN_TEST_POSTGRES_URL = server.url;
  globalThis.cairnTestServer = server;
}
