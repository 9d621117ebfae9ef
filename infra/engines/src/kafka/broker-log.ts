import { open, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines } from '../run-program.js';

const logBytesMax = 5_000_000;
const tailBytes = 16_000;

export interface BrokerLog {
  readonly path: string;
  readonly file: FileHandle;
  /** What was written last since the log was opened. */
  tail(): Promise<string>;
}

const sizeOf = (path: string): Promise<number> => stat(path).then(({ size }) => size, () => 0);

/** The broker's log below the data directory; at a start it gives way to a new one once it has grown over 5 MB. */
export const openBrokerLog = async (dataDir: string): Promise<BrokerLog> => {
  const path = join(dataDir, 'kafka.log');
  if ((await sizeOf(path)) > logBytesMax) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  const start = await sizeOf(path);
  const tail = async (): Promise<string> => {
    const end = await sizeOf(path);
    const from = Math.max(start, end - tailBytes);
    const reader = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await reader.read(Buffer.alloc(Math.max(1, end - from)), 0, Math.max(0, end - from), from);
      return lastLines(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await reader.close();
    }
  };
  return { path, file, tail };
};
