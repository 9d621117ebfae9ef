import { open, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { giveToFolderOwner } from './atomic-file.js';

const logBytesMax = 5_000_000;
const tailBytes = 8_000;
const tailLines = 20;

/** The server's log below the data directory; at a start it gives way to a new one once it has grown over 5 MB. */
export interface ServerLog {
  readonly file: FileHandle;
  /** The last lines that were written since the log was opened. */
  tail(): Promise<string>;
}

const sizeOf = (path: string): Promise<number> => stat(path).then(({ size }) => size, () => 0);

export const openLog = async (dataDir: string): Promise<ServerLog> => {
  const path = join(dataDir, 'postgres.log');
  if ((await sizeOf(path)) > logBytesMax) await rename(path, `${path}.1`);
  const file = await open(path, 'a+', 0o600);
  await giveToFolderOwner(path);
  const start = await sizeOf(path);
  const tail = async (): Promise<string> => {
    const end = await sizeOf(path);
    const from = Math.max(start, end - tailBytes);
    const reader = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await reader.read(Buffer.alloc(Math.max(1, end - from)), 0, Math.max(0, end - from), from);
      return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-tailLines).join('\n');
    } finally {
      await reader.close();
    }
  };
  return { file, tail };
};
