import type { ServerResponse } from 'node:http';

/** Has the listener called once, when all headers of the response are set and none of it has left. */
export const beforeHead = (response: ServerResponse, listener: () => void): void => {
  const { writeHead } = response;
  const told = (...given: Parameters<typeof writeHead>): ServerResponse => {
    response.writeHead = writeHead;
    listener();
    return writeHead.apply(response, given);
  };
  response.writeHead = told as typeof writeHead;
};
