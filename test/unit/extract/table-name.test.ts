import { expect, test } from 'vitest';
import { parseTableName, tablesNamed, type Relation } from '../../../src/extract/table-name.ts';

test.each([
  ['orders', { schema: null, name: 'orders' }],
  ['Shop.ORDERS', { schema: 'shop', name: 'orders' }],
  ['"Shop"."Order ""Lines"""', { schema: 'Shop', name: 'Order "Lines"' }],
  ['shop."a.b\nc"', { schema: 'shop', name: 'a.b\nc' }],
  ['"a"."b".c', null],
  ['a b', null],
  ['""', null],
  ['', null],
])('%s is read as PostgreSQL reads it', (typed, read) => {
  expect(parseTableName(typed)).toEqual(read);
});

const RELATIONS: Relation[] = [
  ['public', 'orders', 'r'],
  ['shop', 'orders', 'p'],
  ['shop', 'customers', 'r'],
  ['shop', 'totals', 'v'],
  ['shop', 'Lines', 'r'],
].map(([schema = '', name = '', kind = ''], index) => ({ oid: String(index), schema, name, kind }));

test.each([
  ['shop.orders', ['1']],
  ['customers', ['2']],
  ['orders', 'orders may be public.orders or shop.orders: name its schema as well'],
  ['totals', 'shop.totals is a view, which has no rows of its own: name the tables that it reads'],
  ['custmers', 'there is no table custmers; did you mean shop.customers?'],
  ['public.customers', 'there is no table public.customers; did you mean shop.customers?'],
  ['lines', 'there is no table lines; did you mean shop."Lines"?'],
  ['invoices', 'there is no table invoices'],
])('%s names a table, or it is said why not', (typed, found) => {
  const name = parseTableName(typed);
  const named = tablesNamed(name === null ? [] : [name], RELATIONS);
  expect('problem' in named ? named.problem : named.tables.map(({ oid }) => oid)).toEqual(found);
});
