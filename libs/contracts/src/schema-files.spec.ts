import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { CloudEvent } from 'cloudevents';

import { anyPublicEventSchema, schemaUriOf } from './public-event.js';
import { publicEventSchemas, sampleNameOf, schemaFiles } from './schema-files.js';

const folder = new URL('../schemas/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

const validator = (text: string) => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(text) as object);
};

const types = schemaFiles().map(({ type }) => type);

describe('the schemas of the public events', () => {
  test('stand beside a sample each, and nothing else stands there', () => {
    expect(readdirSync(folder).sort()).toEqual(types.flatMap((type) => [`${type}.json`, sampleNameOf(type)]).sort());
  });

  test('have a type of their own each', () => {
    expect(new Set(types).size).toBe(publicEventSchemas.length);
  });

  test.each(schemaFiles().map((file) => [file.name, file] as const))('%s is what the code says today', (name, file) => {
    expect(read(name)).toBe(file.text);
  });

  test.each(publicEventSchemas.map((schema) => [schema.shape.type.value, schema] as const))(
    'the sample of %s is accepted by the file, by the code and as any public event',
    (type, schema) => {
      const sample: unknown = JSON.parse(read(sampleNameOf(type)));
      const validate = validator(read(`${type}.json`));
      expect({ valid: validate(sample), errors: validate.errors }).toEqual({ valid: true, errors: null });
      expect(sample).toMatchObject({ dataschema: schemaUriOf(type) });
      expect(schema.parse(sample)).toEqual(sample);
      expect(new CloudEvent(sample as Partial<CloudEvent<unknown>>).validate()).toBe(true);
      expect(anyPublicEventSchema.parse(sample)).toEqual(sample);
    },
  );

  test.each(types)('the file of %s refuses what is not such an event', (type) => {
    const sample = JSON.parse(read(sampleNameOf(type))) as Record<string, unknown>;
    const validate = validator(read(`${type}.json`));
    expect(validate({ ...sample, data: {} })).toBe(false);
    expect(validate({ ...sample, type: 'org.cairn.adoption.unheard-of.v1' })).toBe(false);
    expect(validate({ ...sample, time: '2025-02-31T00:00:00.000Z' })).toBe(false);
    expect(validate({ ...sample, aMemberOfLater: true })).toBe(true);
  });
});
