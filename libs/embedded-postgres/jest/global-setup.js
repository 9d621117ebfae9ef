// One server for the whole Jest run; workers find its address, and a folder for what they need on disk, in their environment. It is started from the sources.
import './register-source.js';

export default async function globalSetup() {
  const { startTestServer } = await import('../src/testing/test-server.ts');
  const server = await startTestServer();
  process.env.CAIRN_TEST_POSTGRES_URL = server.url;
  process.env.CAIRN_TEST_FOLDER = server.folder;
  globalThis.cairnTestServer = server;
}
