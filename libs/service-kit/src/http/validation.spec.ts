import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import { cursorOf, placeIn } from './cursor.js';
import { ProblemException } from './problem.js';
import { dateOrInstantSchema, dateSchema, schoolIdSchema, slugInPathSchema, slugSchema, validation, words, wordsOrNone } from './validation.js';

const takes = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

const problemWith = async (schema: z.ZodType, value: unknown): Promise<unknown> => {
  try {
    return await validation().transform(value, { type: 'param', schema });
  } catch (error) {
    return error instanceof ProblemException ? error.problem.status : error;
  }
};

describe('what a person is told of a body that does not fit', () => {
  const body = z.strictObject({ name: words(5), score: z.number().min(0).max(1).optional() });
  const errorsOf = async (value: unknown): Promise<unknown> => {
    const failure: unknown = await Promise.resolve(validation().transform(value, { type: 'body', schema: body })).catch((error: unknown) => error);
    return failure instanceof ProblemException ? failure.problem.errors : failure;
  };

  test.each([
    ['a member is missing', {}, [{ field: 'name', detail: 'This is missing' }]],
    ['a text is blank', { name: ' ' }, [{ field: 'name', detail: 'This must not be blank' }]],
    ['a text is too long', { name: 'abcdef' }, [{ field: 'name', detail: 'This must be 5 characters or less' }]],
    ['a number is too large', { name: 'a', score: 2 }, [{ field: 'score', detail: 'This must be 1 or less' }]],
    [
      'members are not known',
      { name: 'a', colour: 1, size: 2 },
      [
        { field: 'colour', detail: 'This is not known here; leave it out' },
        { field: 'size', detail: 'This is not known here; leave it out' },
      ],
    ],
  ])('when %s', async (_name, value, errors) => {
    expect(await errorsOf(value)).toEqual(errors);
  });
});

describe('words of a caller', () => {
  test('are trimmed, and may run over lines', () => {
    expect(words(20).parse('  a line\n\tand another ')).toBe('a line\n\tand another');
  });

  test.each([
    ['blank', '  \n '],
    ['longer than allowed', 'x'.repeat(21)],
    ['with a NUL', 'a\u0000b'],
    ['with a bell', 'a\u0007b'],
    ['with a control character of the upper half', 'a\u0085b'],
    ['with half a surrogate pair', 'a\ud83e'],
    ['a number', 7],
  ])('are refused when %s', (_name, value) => {
    expect(takes(words(20), value)).toBe(false);
  });

  test('may be left blank where none are owed, and are otherwise held to the same', () => {
    expect(wordsOrNone(20).parse('  ')).toBe('');
    expect(takes(wordsOrNone(20), 'a\u0000b')).toBe(false);
  });
});

describe('dates of a caller', () => {
  test.each(['1900-01-01', '2025-02-28', '2200-12-31'])('%s is a day', (day) => {
    expect([takes(dateSchema, day), takes(dateOrInstantSchema, day)]).toEqual([true, true]);
  });

  test.each(['0000-01-01', '1899-12-31', '2201-01-01', '9999-12-31', '2025-02-29'])('%s is none that we keep', (day) => {
    expect([takes(dateSchema, day), takes(dateOrInstantSchema, day)]).toEqual([false, false]);
  });

  test.each([
    ['2025-10-01T08:00:00-14:00', true],
    ['2200-12-31T23:59:59.999-14:00', true],
    ['0000-01-01T00:00:00Z', false],
    ['9999-12-31T23:59:59-14:00', false],
    ['1899-12-31T23:59:59+14:00', false],
  ])('the instant %s is taken: %s', (instant, taken) => {
    expect(takes(dateOrInstantSchema, instant)).toBe(taken);
  });
});

describe('ids in an address', () => {
  test.each([
    ['a school id that is none', schoolIdSchema, 'x\u0000y'],
    ['a slug with a NUL', slugInPathSchema, 'x\u0000y'],
    ['a slug in capitals', slugInPathSchema, 'Mine'],
  ])('%s names nothing: 404', async (_name, schema, id) => {
    expect(await problemWith(schema, id)).toBe(404);
  });

  test('a school has one address, however its id is written', () => {
    expect(schoolIdSchema.parse('5F0C2D4E-8F5B-5D6A-9B6C-2F1E0D9C8B7A')).toBe('5f0c2d4e-8f5b-5d6a-9b6c-2f1e0d9c8b7a');
  });

  test('elsewhere a slug that is none is bad input', async () => {
    expect(await problemWith(slugSchema, 'Mine')).toBe(400);
  });
});

describe('cursors', () => {
  test('come back as they went', () => {
    expect(placeIn(cursorOf('mnps'), slugSchema)).toBe('mnps');
    expect(placeIn(undefined, slugSchema)).toBeUndefined();
  });

  test.each(['\u0000', 'mnps', cursorOf('x\u0000y'), cursorOf(7)])('%j is none of ours', (after) => {
    expect(() => placeIn(after, slugSchema)).toThrow(ProblemException);
  });
});
