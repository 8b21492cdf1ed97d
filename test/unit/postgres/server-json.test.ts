import { expect, test } from 'vitest';
import { jsonOf } from '../../../src/postgres/server-json.ts';

test.each([
  [String.raw`{"name":"caf\xe9"}`, { name: String.raw`caf\xe9` }],
  [String.raw`["a\\xe9","b\n\"\\\xff"]`, [String.raw`a\xe9`, 'b\n"' + String.raw`\\xff`]],
  ['[1,"é"]', [1, 'é']],
])('%s is read', (text, value) => {
  expect(jsonOf(text)).toEqual(value);
});
