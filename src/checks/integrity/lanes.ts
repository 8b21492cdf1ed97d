import { partOf, type PartId } from './parts.ts';

/** What the copy has to be, one after the other: none of it can be taken back. */
const STATES = ['recovered', 'extended', 'stopped'] as const;

/**
 * Parts in stages, one after the other; what stands in different lanes of a stage is asked at the same time, and in a lane one after the
 * other. The long parts seldom use every processor: one table is read by one process. The quick ones share a lane.
 */
export function stagesOf<T extends { readonly id: PartId }>(parts: readonly T[]): T[][][] {
  const stages = STATES.map((state) => {
    const its = parts.filter(({ id }) => partOf(id).needs === state);
    const quick = its.filter(({ id }) => !partOf(id).isLong);
    const long = its.filter(({ id }) => partOf(id).isLong);
    return [...(quick.length > 0 ? [quick] : []), ...long.map((part) => [part])];
  });
  return stages.filter((lanes) => lanes.length > 0);
}
