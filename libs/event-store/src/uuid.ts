const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a UUID in the one form that is stored and hashed: lower case, with hyphens. */
export const isUuid = (text: unknown): text is string => typeof text === 'string' && shape.test(text);
