import { z } from 'zod';

import { adoptionEventSchema } from './adoption/events.js';
import { directoryEventSchema } from './directory/events.js';
import { schemaUriOf } from './public-event.js';

/** The zod schema of every public event, one a type and version. */
export const publicEventSchemas = [...directoryEventSchema.options, ...adoptionEventSchema.options] as const;

export interface SchemaFile {
  /** The event's type: `org.cairn.<name>.v<n>`. */
  readonly type: string;
  /** File name within `schemas/`. */
  readonly name: string;
  readonly text: string;
}

/** A file of the same folder that holds one event of the type, for producers and consumers to test against. */
export const sampleNameOf = (type: string): string => `${type}.sample.json`;

const schemaFile = (schema: (typeof publicEventSchemas)[number]): SchemaFile => {
  const type = schema.shape.type.value;
  const { $schema, ...json } = z.toJSONSchema(schema, {
    // Readers take members that they do not know: a later version of Cairn may add optional ones.
    io: 'input',
    override: ({ jsonSchema }) => {
      // "starts_with" is zod's own name and no JSON Schema format; the pattern beside it says the same.
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
    },
  });
  const name = `${type}.json`;
  return { type, name, text: `${JSON.stringify({ $schema, $id: schemaUriOf(type), title: type, ...json }, null, 2)}\n` };
};

/** The JSON Schema (2020-12) of every public event, as the files of `schemas/` have to hold them. */
export const schemaFiles = (): readonly SchemaFile[] => publicEventSchemas.map(schemaFile);
