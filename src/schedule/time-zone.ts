import { nearest } from '../core/nearest.ts';

/** What is wrong with the name of a time zone; null: it is one of the tz database. */
export function timeZoneProblem(name: string): string | null {
  const known = Intl.supportedValuesOf('timeZone');
  if (known.includes(name) || isOldName(name)) return null;
  const near = [...known, 'UTC'].find((zone) => zone.toLowerCase() === name.toLowerCase()) ?? nearestZone(name, known);
  return `"${name}" is no time zone of the tz database${near === null ? ', such as Europe/Istanbul' : `; the nearest name is ${near}`}`;
}

/** UTC and names that were given up, such as Europe/Kiev: not listed, and understood everywhere. */
function isOldName(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // Capitals mean nothing here, but to systemd, to Kubernetes and to the files of the tz database they do.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

/** A city alone, or one of another region, is looked for among the cities. */
function nearestZone(name: string, known: readonly string[]): string | null {
  const [region, city] = name.includes('/') ? name.split(/\/(.*)/) : ['', name];
  const sameRegion = known.filter((zone) => zone.toLowerCase().startsWith(`${region?.toLowerCase() ?? ''}/`));
  const cities = (zones: readonly string[]): string | null => {
    const near = nearest(
      (city ?? '').replaceAll(' ', '_'),
      zones.map((zone) => zone.split('/').at(-1) ?? ''),
    );
    return zones.find((zone) => zone.endsWith(`/${near ?? '?'}`)) ?? null;
  };
  return cities(sameRegion) ?? cities(known) ?? nearest(name, known);
}
