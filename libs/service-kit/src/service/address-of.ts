const unreadable = 'an address that is not repeated here';

const hosts = /^[a-z0-9+.-]+:\/\/(?:[^@/?#]*@)?((?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?(?:,(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?)+)(?=[/?#]|$)([^?#]*)/i;

/**
 * Host, port and database of a URL, without who connects and with which password: what may stand in a log, an error or
 * an answer. What cannot be told apart for certain is left out.
 */
export const addressOf = (url: string): string => {
  const list = hosts.exec(url);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const [host, path] = list ? [list[1] ?? '', list[2] ?? ''] : [parsed?.host ?? '', parsed?.pathname ?? ''];
  if (host === '' || path.includes('@')) return unreadable;
  return path === '/' ? host : `${host}${path}`;
};
