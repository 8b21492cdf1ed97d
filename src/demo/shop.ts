/**
 * A small shop. `place_order()` is what its customers do all day; it also moves the heartbeat, by which a drill can tell
 * how much of the newest data it brought back.
 */
export const SHOP: readonly string[] = [
  `create table customers (
     id int generated always as identity primary key,
     name text not null)`,
  `create table orders (
     id int generated always as identity primary key,
     customer_id int not null references customers,
     placed_at timestamptz not null default clock_timestamp(),
     status text not null default 'new',
     total numeric(10, 2) not null)`,
  `create table order_lines (
     order_id int not null references orders,
     line int not null,
     quantity int not null,
     price numeric(10, 2) not null,
     primary key (order_id, line))`,
  `create table heartbeat (
     singleton boolean primary key default true check (singleton),
     at timestamptz not null)`,
  `create function place_order(at timestamptz default clock_timestamp()) returns int language sql volatile as $$
     with lines as (
       select n, 1 + floor(random() * 5)::int as quantity, (1 + random() * 99)::numeric(10, 2) as price
       from generate_series(1, 1 + floor(random() * 4)::int) n),
     placed as (
       insert into orders (customer_id, placed_at, total)
       select 1 + floor(random() * 500)::int, at, sum(quantity * price) from lines
       returning id),
     beat as (
       insert into heartbeat (at) values (clock_timestamp()) on conflict (singleton) do update set at = excluded.at),
     sold as (
       insert into order_lines select placed.id, n, quantity, price from placed, lines)
     select id from placed $$`,
  `insert into customers (name) select 'Customer ' || n from generate_series(1, 500) n`,
  `select count(place_order(now() - n * interval '5 minutes')) from generate_series(8000, 1, -1) n`,
];

/** A psql script: customers who never stop. */
export const TRAFFIC = 'select place_order() \\watch 0.1\n';

/** The accident: somebody meant to cancel one order, and forgot the WHERE. */
export const ACCIDENT = "update orders set status = 'cancelled', total = 0";
