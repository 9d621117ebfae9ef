/** A CloudEvent in Kafka's binary mode: its attributes as headers, in their order, and its data as the value. */
export interface BinaryCloudEvent {
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text of `data`. */
  readonly data: string;
}

/** Names the attributes that are no strings, since a header holds text alone. */
const typedHeader = 'cairn_typed';
const contentType = 'content-type';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const parsed = (value: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const found: unknown = JSON.parse(value);
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : undefined;
  } catch {
    return undefined;
  }
};

const isCloudEvent = (event: Readonly<Record<string, unknown>>): boolean =>
  event['specversion'] === '1.0' && isText(event['id']) && isText(event['source']) && isText(event['type']);

const isJson = (mediaType: unknown): boolean =>
  typeof mediaType === 'string' && /^[a-z]+\/([a-z0-9.-]+\+)?json(\s*;.*)?$/i.test(mediaType);

/**
 * The binary mode of a value that is a CloudEvent, or undefined when it is none, or one that binary mode could not give
 * back as exactly the same text: another order than attributes, then data; white space; numbers or escapes that JSON
 * writes in several ways; no JSON as data.
 */
export const binaryModeOf = (value: string): BinaryCloudEvent | undefined => {
  const event = parsed(value);
  if (event === undefined || !isCloudEvent(event) || !isJson(event['datacontenttype'])) return undefined;
  const headers: Record<string, string> = {};
  const typed: Record<string, number | boolean> = {};
  for (const [name, attribute] of Object.entries(event)) {
    if (name === 'data') continue;
    if (!/^[a-z][a-z0-9]*$/.test(name)) return undefined;
    if (typeof attribute === 'number' || typeof attribute === 'boolean') typed[name] = attribute;
    else if (typeof attribute !== 'string') return undefined;
    headers[name === 'datacontenttype' ? contentType : `ce_${name}`] = String(attribute);
  }
  if (Object.keys(typed).length > 0) headers[typedHeader] = JSON.stringify(typed);
  const binary = { headers, data: JSON.stringify(event['data']) };
  return event['data'] !== undefined && textOf(binary) === value ? binary : undefined;
};

/** The text that went in. */
export const textOf = ({ headers, data }: BinaryCloudEvent): string => {
  const typed = parsed(headers[typedHeader] ?? '{}') ?? {};
  const attributes = Object.entries(headers).flatMap(([header, text]) => {
    if (header !== contentType && !header.startsWith('ce_')) return [];
    const name = header === contentType ? 'datacontenttype' : header.slice('ce_'.length);
    return [`${JSON.stringify(name)}:${JSON.stringify(typed[name] ?? text)}`];
  });
  return `{${attributes.join(',')},"data":${data}}`;
};

/** The content type of a value that travels whole. */
export const contentTypeOfWhole = (value: string): string => {
  const event = parsed(value);
  return event !== undefined && isCloudEvent(event) ? 'application/cloudevents+json; charset=UTF-8' : 'application/json';
};
