import type { Outside } from '../../host/outside.ts';
import { noneOf, unanswered, type Assertion } from './assertion.ts';
import type { Answer } from './backend.ts';
import { parseMounts, visibleMounts, type Mount } from './mount-table.ts';

/** File systems of the kernel itself, whose files an ordinary user without capabilities cannot write, or only its own. */
const OF_THE_KERNEL = new Set(['proc', 'devpts', 'mqueue']);

/** Devices that keep nothing. */
const HARMLESS_DEVICES = new Set(['/null', '/zero', '/full', '/random', '/urandom', '/tty']);

/** Asserts that nothing of the machine is mounted where the backend could write to it. `own`: the directories of the run. */
export function writableMounts(
  mountinfo: Answer,
  { memoryDevices, shared }: Pick<Outside, 'shared'> & { readonly memoryDevices: readonly string[] },
  own: readonly string[],
): Assertion {
  const name = 'the copy can write to nothing of the machine but its own directories';
  const expected = 'every other mount is read-only, or memory of its own';
  if ('why' in mountinfo) return unanswered(name, expected, mountinfo.why);
  const mounts = visibleMounts(parseMounts(mountinfo.text));
  if (mounts.length === 0) return unanswered(name, expected, 'its list of mounts has no root');
  const allowed = [...own, ...shared];
  const isHarmless = (mount: Mount): boolean =>
    OF_THE_KERNEL.has(mount.type) ||
    (/^(dev)?tmpfs$/.test(mount.type) && HARMLESS_DEVICES.has(mount.root)) ||
    (mount.type === 'tmpfs' && !memoryDevices.includes(mount.device)) ||
    allowed.some((path) => mount.point === path || mount.point.startsWith(`${path}/`));
  const open = mounts.filter((mount) => mount.writable && !isHarmless(mount));
  const words = open.map(({ point, type }) => `${point} (${type}) is writable`);
  return noneOf(name, expected, words, `${mounts.length} mounts, none of them`);
}
