/** Tells a person who waits what is going on: in place on a terminal, a line each elsewhere, nothing twice. */
export const progressTo = (stream: NodeJS.WriteStream): ((message: string) => void) => {
  let last = '';
  return (message) => {
    if (message === last) return;
    last = message;
    if (stream.isTTY) stream.write(`\r\u001b[2K${message} …`);
    else stream.write(`${message}\n`);
  };
};

/** Ends the line that progress left open on a terminal. */
export const endProgress = (stream: NodeJS.WriteStream): void => {
  if (stream.isTTY) stream.write('\r\u001b[2K');
};
