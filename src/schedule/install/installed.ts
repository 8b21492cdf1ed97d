/** A timer of a drill that is set up on this machine. */
export interface Installed {
  readonly drill: string;
  readonly planFile: string;
  readonly with: 'systemd' | 'cron';
  /** The unit, or the file, or the crontab that it stands in. */
  readonly place: string;
  /** `off`: it does not start by itself; `changed`: somebody changed it, so it may ask whenever; `outdated`: the plan says another time by now. */
  readonly state: 'on' | 'off' | 'changed' | 'outdated';
}
