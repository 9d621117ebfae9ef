import { isFree } from '@cairn/embedded-postgres';

/** The port that was asked for is taken. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

const preferred = 3_000;
const triedMax = 100;

/** The asked port, or the first free one from 3000 on. @throws PortTakenError when the asked one is taken */
export const portFor = async (host: string, asked: number | undefined): Promise<number> => {
  if (asked === 0) return 0;
  if (asked !== undefined) {
    if (await isFree(asked, host)) return asked;
    throw new PortTakenError(`Port ${asked} is taken. Choose another with --port, or leave it out for the next free one.`);
  }
  for (let port = preferred; port < preferred + triedMax; port += 1) if (await isFree(port, host)) return port;
  throw new PortTakenError(`Ports ${preferred} to ${preferred + triedMax - 1} are all taken. Choose one with --port.`);
};
