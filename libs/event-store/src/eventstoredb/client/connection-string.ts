/** What the client takes by itself when nobody says otherwise is too patient for a command that somebody waits for. */
const defaults = (scope: string): Readonly<Record<string, string>> => ({
  // A server that froze or vanished without a word is noticed after interval + timeout. Below 10 s the client warns.
  keepAliveInterval: '10000',
  keepAliveTimeout: '5000',
  connectionName: encodeURIComponent(`cairn event store ${scope}`),
});

const keyShape = (key: string): string => key.trim().toLowerCase().replace(/[_-]/g, '');

/** The connection string with what it does not say by itself. */
export const withDefaults = (url: string, scope: string): string => {
  const [address = '', query = ''] = url.trim().split(/\?(.*)/s);
  const given = new Set(query.split('&').map((pair) => keyShape(pair.split('=')[0] ?? '')));
  const added = Object.entries(defaults(scope)).filter(([key]) => !given.has(keyShape(key)));
  const pairs = [...(query === '' ? [] : [query]), ...added.map(([key, value]) => `${key}=${value}`)];
  return `${address.replace(/\/+$/, '')}?${pairs.join('&')}`;
};

/** For messages: the password of a connection string is nobody's business, nor is one that holds an `@` of its own. */
export const withoutPassword = (text: string): string => text.replace(/\/\/([^:/@\s]*):\S*@/g, '//$1:…@');
