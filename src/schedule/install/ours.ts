import type { Mark } from '../timers/mark.ts';

/** Why something that is there is not to be replaced or removed, in words; null: it is ours, and of the plan. */
export function whyNotOurs(place: string, mark: Mark | null, planFile: string | null): string | null {
  if (mark === null) return `${place} was not made by pgdrill: move it away, or give the drill another name`;
  if (!mark.isUnchanged) {
    return `${place} was changed after pgdrill had made it: keep the change elsewhere (for a unit: systemctl edit), delete it, and do this again`;
  }
  return planFile === null || mark.planFile === planFile
    ? null
    : `${place} is of another plan, ${mark.planFile}: remove that one first, or give this drill another name`;
}
