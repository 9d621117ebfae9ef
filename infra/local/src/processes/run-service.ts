// A service as a child process: the same as `npm run start:service`, but it ends when whoever started it is gone, however
// that came about. Told over the channel to the parent, which a kill -9 closes, too.

const [name = ''] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(name)) throw new Error(`No service: ${name}`);

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel alone must not keep a service alive that was told to stop.
process.channel?.unref();

const fromSource = import.meta.url.endsWith('.ts');
const main = new URL(`../../../../services/${name}/${fromSource ? 'src/main.ts' : 'dist/main.js'}`, import.meta.url);
await import(main.href);
