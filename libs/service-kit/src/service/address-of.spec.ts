import { describe, expect, test } from '@jest/globals';

import { addressOf } from './address-of.js';

describe('the address of an engine, as it is told', () => {
  test.each([
    ['postgresql://owner:s3cret@db.example:5432/cairn?sslmode=require', 'db.example:5432/cairn'],
    ['postgres://db.example/cairn', 'db.example/cairn'],
    ['esdb://admin:s3cret@127.0.0.1:2113?tls=false', '127.0.0.1:2113'],
    ['esdb+discover://admin:s3cret@one:2113,two:2113/?tls=true', 'one:2113,two:2113'],
    ['postgresql://owner:s3cret@[::1]:5432/cairn', '[::1]:5432/cairn'],
  ])('%s', (url, address) => {
    expect(addressOf(url)).toBe(address);
  });

  test.each([
    'postgresql://owner:s3cret/x@db.example/cairn',
    'postgresql://owner:1234/s3cret@db.example/cairn',
    'postgresql://owner:s3cret?x@db.example/cairn',
    'postgresql://owner:s3cret#x@db.example/cairn',
    'esdb://admin:s3@cret@one:2113,two:2113',
    'owner:s3cret@db.example',
    'not a url s3cret',
    '',
  ])('holds no part of a password, however it is written: %s', (url) => {
    expect(addressOf(url)).not.toMatch(/s3cret|owner|1234/);
  });
});
