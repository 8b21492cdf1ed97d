/**
 * Fences programs off by bubblewrap (`bwrap`): the whole machine read-only, one directory writable, and no network
 * unless it is needed. So the copy cannot write to production, its tablespaces or the repository, whatever its WAL says,
 * nor call out by foreign data wrappers, dblink or subscriptions. The kernel holds this, not our configuration.
 */
export interface Confinement {
  readonly program: string;
  readonly writable: readonly string[];
  readonly network: boolean;
}

/** How one program is fenced off. */
export interface FenceOptions {
  /** It goes on when pgdrill ends. */
  readonly outlive: boolean;
  /** It has no network, whatever others have. */
  readonly offline: boolean;
}

/** The words before a command that fence it off. */
export function confine(confinement: Confinement, { outlive, offline }: FenceOptions): string[] {
  return [
    confinement.program,
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--unshare-ipc',
    ...confinement.writable.flatMap((path) => ['--bind', path, path]),
    ...(confinement.network && !offline ? [] : ['--unshare-net']),
    ...(outlive ? [] : ['--die-with-parent']),
    '--',
  ];
}
