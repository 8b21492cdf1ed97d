import { expect, test } from 'vitest';
import { lackIn } from '../../../src/postgres/lacks.ts';

test.each([
  ['could not access file "$libdir/postgis-3": No such file or directory', 'the library "$libdir/postgis-3"'],
  [
    'could not load library "/usr/lib/postgresql/15/lib/plpython3.so": libpython3.9.so.1.0: cannot open shared object file',
    'the library "/usr/lib/postgresql/15/lib/plpython3"',
  ],
  ['could not find function "geometry_in" in file "/usr/lib/postgresql/15/lib/postgis-3.so"', 'lib/postgis-3"'],
  [
    'could not open extension control file "/usr/share/postgresql/15/extension/vector.control": No such file or directory',
    'the extension "vector"',
  ],
  ['pg_stat_statements must be loaded via shared_preload_libraries', 'pg_stat_statements has to be preloaded'],
  ['pg_stat_statements must be loaded via "shared_preload_libraries"', 'pg_stat_statements has to be preloaded'],
  [
    'resource manager with ID 128 not registered; HINT: Include the extension module that implements this resource manager in shared_preload_libraries.',
    'resource manager 128',
  ],
  [
    'database locale is incompatible with operating system\nThe database was initialized with LC_COLLATE "xx_YY.utf8",  which is not recognized by setlocale().',
    'the locale "xx_YY.utf8"',
  ],
  ['could not create locale "tr_TR.utf8": No such file or directory', 'the locale "tr_TR.utf8"'],
])('"%s" is about the machine', (message, what) => {
  expect(lackIn(message)?.what).toContain(what);
});

test.each([
  'could not open file "base/5/16385": No such file or directory',
  'relation "orders" does not exist',
  'invalid page in block 0 of relation base/5/16385',
])('"%s" is about the data', (message) => {
  expect(lackIn(message)).toBeNull();
});
