import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatBytes } from '../../core/bytes.ts';
import { messageOf } from '../../core/errors.ts';
import { LocalHost } from '../../host/local-host.ts';
import { currentUser, type RunUser } from '../../host/run-user.ts';
import { trialFence } from '../fence/trial.ts';
import { found, lacking, look, thisHost, type Finding, type ThisMachine } from '../findings.ts';
import { scratchDirectory } from './scratch.ts';
import { shortened } from '../../core/shortened.ts';

/** What a drill on this machine needs of it. */
export async function findings(machine: ThisMachine): Promise<Finding[]> {
  const [setpriv, pgbackrest, postgres, bubblewrap, backups] = await Promise.all([
    currentUser().uid === 0 ? setprivFinding() : null,
    machine.pgbackrest(),
    machine.postgres(),
    bubblewrapFinding(machine.user),
    machine.backups,
  ]);
  const { runtime, whoRuns, configuration } = machine;
  const scratch = scratchFinding(scratchDirectory(machine.scratch));
  const all = [runtime, whoRuns, setpriv, pgbackrest, configuration, ...backups, postgres, bubblewrap, scratch];
  return all.filter((finding) => finding !== null);
}

/** Whether the kernel lets bubblewrap fence a copy off, as the user of the drill. */
function bubblewrapFinding(user: RunUser): Promise<Finding> {
  const what = 'bubblewrap';
  const fix =
    'install it (Debian, Ubuntu: apt-get install bubblewrap); without it no drill runs where production lives';
  return look(what, fix, async () => {
    const fence = await trialFence(thisHost(user));
    const { exitCode, stderr } = await new LocalHost({ user, fence, env: {} }).run(['true']);
    if (exitCode === 0) return found(what, 'fences a copy off from files and network');
    return lacking(
      what,
      shortened(stderr.trim(), 200),
      'allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1, or on Ubuntu 24.04 and later an AppArmor profile for bwrap',
    );
  });
}

/** Root hands the work over to another user with setpriv. */
function setprivFinding(): Promise<Finding> {
  return look('setpriv', 'install util-linux', async () => {
    const { stdout } = await thisHost(currentUser()).run(['setpriv', '--version']);
    return found('setpriv', stdout.trim());
  });
}

/** Whether the scratch directory, or the nearest directory above it that exists, can be written to, and its room. */
function scratchFinding(scratch: string): Finding {
  const existing = nearestExisting(scratch);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(existing);
    return found(
      'scratch directory',
      `${scratch}${existing === scratch ? '' : ' (will be made)'}: ${formatBytes(bavail * bsize)} free`,
    );
  } catch (error) {
    return lacking(
      'scratch directory',
      `${scratch}: ${messageOf(error)}`,
      'name one that you may write to with --scratch',
    );
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}
