// Waits longer than the service takes to find out what is wrong with it. Ends with code 0 when the service of this container says that it is ready.
const port = process.env['PORT'] ?? '3000';
try {
  const response = await fetch(`http://127.0.0.1:${port}/api/health/ready`, { signal: AbortSignal.timeout(3_700) });
  if (!response.ok) console.error(await response.text());
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
