import { leastMinutesBetween } from '../calendar.ts';
import type { Schedule } from '../schedule.ts';
import { marked } from './mark.ts';
import { laterOnTheDay, onCalendar, onEachDay } from './on-calendar.ts';
import { commandLine, listWord, wholeLine } from './systemd-words.ts';
import { startWords, type Starting, type TimedDrill, type TimerFile } from './timed-drill.ts';

/** The name of the units of a drill, without `.timer` and `.service`. */
export function unitName(drill: string): string {
  return `pgdrill-${drill}`;
}

/** The service that runs a drill if it is due, and the timer that starts it. */
export function systemdUnits(drill: TimedDrill, starting: Starting): TimerFile[] {
  const { name, planFile } = drill;
  return [
    { name: `${unitName(name)}.service`, text: marked(name, planFile, serviceText(drill, starting)) },
    { name: `${unitName(name)}.timer`, text: marked(name, planFile, timerText(drill, starting)) },
  ];
}

function timerText(drill: TimedDrill, starting: Starting): string {
  const { name, schedule } = drill;
  return `[Unit]
Description=Timer of the restore drill ${name}

[Timer]
# The drill is due ${schedule.words}.
${calendarLines(schedule).join('\n')}
# What was missed while the machine was off is asked for when it is on again. pgdrill runs the drill once.
Persistent=true
RandomizedDelaySec=${Math.round(delayOf(drill, starting) / 1000)}s

[Install]
WantedBy=timers.target
`;
}

/** The lines of a timer that say when it asks: they change with the schedule of the plan alone. */
export function calendarLines(schedule: Schedule): string[] {
  const later = laterOnTheDay(schedule).map((text) => `OnCalendar=${text}`);
  const why =
    '# Later on that day it asks again: the clock may leave a time out when summer begins, and a run may have been refused.';
  const daily = onEachDay(schedule).map((text) => `OnCalendar=${text}`);
  const whyDaily =
    '# On all other days it asks once: a drill that could not begin on its day does not wait for the next.';
  return [
    ...onCalendar(schedule).map((text) => `OnCalendar=${text}`),
    ...(later.length === 0 ? [] : [why, ...later]),
    ...(daily.length === 0 ? [] : [whyDaily, ...daily]),
  ];
}

/** Of drills that are due several times on a day none is put off until after the next time. */
function delayOf({ schedule }: TimedDrill, { delayMs }: Starting): number {
  const gaps = schedule.calendars.map(leastMinutesBetween).filter((gap) => gap !== null);
  return Math.min(delayMs, ...gaps.map((gap) => (gap * 60_000) / 2));
}

/** What a unit of a user and one of the machine have alike. Nothing here takes a namespace from bubblewrap. */
const HARDENING = `# The copy itself is fenced off by bubblewrap, or by its container. This is a fence around pgdrill.
NoNewPrivileges=true
LockPersonality=true
RestrictRealtime=true
RestrictSUIDSGID=true
SystemCallArchitectures=native
# netlink is what bubblewrap and nftables speak.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
UMask=0077`;

/** Tried with systemd 252, bubblewrap 0.8 and Linux 6.18. */
const HARDENING_OF_THE_MACHINE = `ProtectSystem=strict
ProtectHome=read-only
PrivateDevices=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelModules=true
SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap
SystemCallErrorNumber=EPERM
# What is not set, and why:
# ProtectKernelTunables, ProtectKernelLogs, ProcSubset: Linux lets bubblewrap mount no /proc where parts of the old one are covered.
# RestrictNamespaces, PrivateUsers: bubblewrap makes namespaces, and pgdrill tells who owns the files of a repository.
# MemoryDenyWriteExecute: Node.js and PostgreSQL compile while they run.
# PrivateNetwork: a repository may be remote, and the copy has no network anyway.
# PrivateTmp: a report that cannot be written to its place goes to /tmp, and stays there.
# ProtectProc: pgdrill looks for running servers, to keep away from them.
# RemoveIPC: it would take the memory of a production that runs as the same user.`;

function serviceText(drill: TimedDrill, starting: Starting): string {
  const { name, directory, endsAfterMs } = drill;
  const { user, searchPath } = starting;
  const isOfMachine = user !== null;
  return `[Unit]
Description=Restore drill ${name} (pgdrill)
${isOfMachine ? 'Wants=network-online.target\nAfter=network-online.target docker.service\n' : ''}
[Service]
Type=oneshot
${isOfMachine ? `User=${user}\n` : ''}WorkingDirectory=${wholeLine(directory)}
# pgdrill decides whether the drill is due, so it may be asked at any time. Now, by hand: systemctl start ${unitName(name)}
ExecStart=${commandLine(startWords(drill, starting))}
Environment=${listWord(`PATH=${searchPath}`)}
# Lines such as NAME=value, for secrets that a plan takes from the environment. The file is read as root, and may be missing.
EnvironmentFile=-${isOfMachine ? '/etc/pgdrill' : '%h/.config/pgdrill'}/environment
# 5: the drill is running already, here or on another machine. It is no failure of this one.
SuccessExitStatus=5
# pgdrill ends a run itself at the deadline of its plan. This ends a pgdrill that hangs.
TimeoutStartSec=${Math.ceil(endsAfterMs / 60_000)}min
# pgdrill is asked to end, and ends what it has started; what is left after so long is killed.
KillMode=mixed
TimeoutStopSec=5min
${HARDENING}
${isOfMachine ? machineLines(drill, starting) : '# A manager of a user cannot set up more without a namespace of users, in which bubblewrap could not make its own.\n'}`;
}

function machineLines({ writes }: TimedDrill, { user }: Starting): string {
  const paths = [...new Set([...writes, '/tmp', '/var/tmp'])].map(listWord).join(' ');
  // Root becomes the user of the drill, gives files to that user, and may read all; others have nothing to lose.
  const capabilities = user === 'root' ? '' : 'CapabilityBoundingSet=\n';
  return `${HARDENING_OF_THE_MACHINE}
${capabilities}# What it writes to: reports, the scratch directory, what it keeps in mind. All of them have to be there.
ReadWritePaths=${paths}
`;
}
