/** How a recovery gets its WAL: as the configuration of production has it, or fetched ahead of the replay in any case. */
export const WAL_FETCHES = ['as-configured', 'ahead'] as const;
export type WalFetch = (typeof WAL_FETCHES)[number];
