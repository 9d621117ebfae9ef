/** Where the generation of a read model is built that is not read yet. */
export const nextSchemaOf = (schema: string): string => `${schema}_next`;

/** Where the generation is kept that was read before. */
export const previousSchemaOf = (schema: string): string => `${schema}_previous`;
