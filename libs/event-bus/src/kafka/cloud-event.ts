import type { Header } from './wire/wire-record.js';

/** A CloudEvent in Kafka's binary mode: its attributes as headers, in their order, and its data as the value. */
export interface BinaryCloudEvent {
  readonly headers: Iterable<Header>;
  /** JSON text of `data`. */
  readonly data: string;
}

/** Names the attributes that are no strings, since a header holds text alone. */
const typedHeader = 'cairn_typed';
const contentType = 'content-type';

/** Few names come again and again; those of others are not kept. */
const headerNames = new Map<string, string>();
const headerNamesMax = 1_000;

const headerOf = (attribute: string): string | undefined => {
  const known = headerNames.get(attribute);
  if (known !== undefined) return known;
  if (!/^[a-z][a-z0-9]*$/.test(attribute)) return undefined;
  const header = attribute === 'datacontenttype' ? contentType : `ce_${attribute}`;
  if (headerNames.size < headerNamesMax) headerNames.set(attribute, header);
  return header;
};

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
  const names = Object.keys(event);
  // Written again it is the same text, so that the parts of it are what `textOf` puts together.
  if (names.at(-1) !== 'data' || JSON.stringify(event) !== value) return undefined;
  const headers: Header[] = [];
  const typed: Record<string, number | boolean> = {};
  for (const name of names.slice(0, -1)) {
    const attribute = event[name];
    const header = headerOf(name);
    if (header === undefined) return undefined;
    if (typeof attribute === 'number' || typeof attribute === 'boolean') typed[name] = attribute;
    else if (typeof attribute !== 'string') return undefined;
    headers.push([header, String(attribute)]);
  }
  if (Object.keys(typed).length > 0) headers.push([typedHeader, JSON.stringify(typed)]);
  return { headers, data: JSON.stringify(event['data']) };
};

/** The text that went in. */
export const textOf = ({ headers, data }: BinaryCloudEvent): string => {
  const attributes: Header[] = [];
  let typed: Readonly<Record<string, unknown>> = {};
  for (const [header, text] of headers) {
    if (header === typedHeader) typed = parsed(text) ?? {};
    else if (header === contentType) attributes.push(['datacontenttype', text]);
    else if (header.startsWith('ce_')) attributes.push([header.slice('ce_'.length), text]);
  }
  let event = '{';
  for (const [name, text] of attributes) {
    const attribute = Object.hasOwn(typed, name) ? typed[name] : text;
    event += `${JSON.stringify(name)}:${JSON.stringify(attribute)},`;
  }
  return `${event}"data":${data}}`;
};

/** The content type of a value that travels whole. */
export const contentTypeOfWhole = (value: string): string => {
  const event = parsed(value);
  return event !== undefined && isCloudEvent(event) ? 'application/cloudevents+json; charset=UTF-8' : 'application/json';
};
