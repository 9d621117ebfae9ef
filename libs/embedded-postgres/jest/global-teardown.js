export default async function globalTeardown() {
  await globalThis.cairnTestServer?.stop();
}
