/** What production said to the queries of a plan, and when. */
export interface ProductionAnswers {
  readonly askedAt: Date;
  readonly answeredAt: Date;
  /** Of the cluster that answered; null: it may not be asked. */
  readonly systemId: string | null;
  /** By query, in the order of the plan. */
  readonly answers: readonly ProductionAnswer[];
}

/** One value, the database that it is of, and the schemas in which names were looked for; or why there is none. */
export type ProductionAnswer =
  | { readonly value: string; readonly database: string; readonly searchPath: string }
  | { readonly problem: string };
