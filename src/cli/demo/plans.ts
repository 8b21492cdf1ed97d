import type { ProductionCluster } from '../../demo/production.ts';

/** What is known of the accident, all of it from just before. */
export interface Accident {
  /** The moment to go back to, as PostgreSQL prints it, in UTC. */
  readonly before: string;
  /** The newest order at that moment. */
  readonly lastOrder: string;
  readonly damagedOrders: number;
}

interface PlanOptions {
  readonly production: ProductionCluster;
  readonly scratch: string;
  readonly confine: 'auto' | 'off';
}

/** The plan of the first drill: the end of the archive, where the damage is. */
export function latestPlan(options: PlanOptions): string {
  const { database } = options.production;
  return `# How long would a recovery take, and how much would be lost?
name: demo-latest
${source(options)}
target: latest
${sandbox(options)}
objectives: { rto: 1m, rpo: 1m, backupAge: 26h }

checks:
  - name: the customers are there
    database: ${database}
    sql: select count(*) from customers
    expect: { atLeast: 500 }
  - name: orders keep arriving
    database: ${database}
    sql: select max(placed_at) from orders
    expect: { maxAge: 1m }              # before the drill began
  - name: the heartbeat is fresh
    database: ${database}
    sql: select at from heartbeat
    expect: { maxAge: 1m }
  - name: every order line has its order
    database: ${database}
    sql: select l.order_id from order_lines l left join orders o on o.id = l.order_id where o.id is null
    expect: { rows: 0 }
  - name: orders whose total is not the sum of their lines
    database: ${database}
    sql: ${DAMAGE}
    expect: { equals: 0 }
    severity: warning                   # the latest state is expected to hold the damage
`;
}

/** The plan of the second drill: the moment before the accident, where there must be no damage. */
export function pointInTimePlan(options: PlanOptions, accident: Accident): string {
  const { database } = options.production;
  return `# Could the shop go back to the moment before the accident?
name: demo-before-accident
${source(options)}
target: { time: "${accident.before}" }
${sandbox(options)}
objectives: { rto: 1m }

checks:
  - name: orders whose total is not the sum of their lines
    database: ${database}
    sql: ${DAMAGE}
    expect: { equals: 0 }
  - name: the last order before the accident is there
    database: ${database}
    sql: select count(*) from orders where id = ${accident.lastOrder}
    expect: { equals: 1 }
  - name: orders later than the target are not
    database: ${database}
    sql: select count(*) from orders where placed_at > '${accident.before}'
    expect: { equals: 0 }
  - name: orders kept arriving
    database: ${database}
    sql: select max(placed_at) from orders
    expect: { maxAge: 10s }             # before the recovery target
  - name: every order line has its order
    database: ${database}
    sql: select l.order_id from order_lines l left join orders o on o.id = l.order_id where o.id is null
    expect: { rows: 0 }
`;
}

const DAMAGE = `>-
      select count(*) from orders o
      where o.total <> (select sum(l.quantity * l.price) from order_lines l where l.order_id = o.id)`;

function source({ production }: PlanOptions): string {
  return `source:
  stanza: ${production.stanza}
  config: ${JSON.stringify(production.configPath)}`;
}

function sandbox({ scratch, confine }: PlanOptions): string {
  return `sandbox:
  kind: local
  scratch: ${JSON.stringify(scratch)}
  confine: ${confine}`;
}
