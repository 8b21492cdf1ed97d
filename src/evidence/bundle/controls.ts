/** What a control asks of restore drills, in our own words. */
export interface Control {
  readonly asks: string;
  /** How many days may go by without a passed drill, where the control itself says so; null: one's own policy does. */
  readonly withinDays: number | null;
}

/** Own words on purpose: whoever quotes a clause has to read the primary text. */
const CONTROLS: Readonly<Record<string, Control>> = {
  SOC2A12: asks('recovery infrastructure is designed, operated and monitored'),
  SOC2A13: asks('recovery is tested, with the integrity and completeness of backup data'),
  SOC2CC75: asks('recovery is improved by what tests show'),
  ISO27001A813: asks('backups are tested regularly, as the policy says'),
  ISO27001A530: asks('readiness is tested against RTO and RPO'),
  NISTCP4: asks('the contingency plan is tested and the results are reviewed'),
  NISTCP91: asks('backups are tested for reliability and integrity'),
  NISTCP92: asks('a sample of backup data is restored in the test of the plan'),
  NISTCP10: asks('the system is recovered to a known state within RTO and RPO'),
  HIPAA164308A7II: asks('data can be restored; the plan is tested and revised'),
  DORAART12: asks('restoring is tested on a segregated system, with checks of integrity', 366),
  NIS242: asks('backups are checked for integrity and recovery is tested, with the results on record'),
  CIS115: asks('recovery of a sample of backups is tested each quarter', 92),
};

function asks(what: string, withinDays: number | null = null): Control {
  return { asks: what, withinDays };
}

/** The ways in which the same framework is written. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^(?:NIST)?(?:SP)?(?:80053)?(?:R[45])?CP/, 'NISTCP'],
  [/^(?:ISO)?(?:IEC)?27001(?:2022)?/, 'ISO27001'],
  [/^CIS(?:V8|CONTROL)?/, 'CIS'],
  [/^DORA(?:ART(?:ICLE)?)?/, 'DORAART'],
];

/** What is known of a control that a plan names; null: it is one of somebody's own catalogue. */
export function controlOf(id: string): Control | null {
  const plain = id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  const [form, name] = SPELLINGS.find(([one]) => one.test(plain)) ?? [/^/, ''];
  const key = plain.replace(form, name);
  return Object.hasOwn(CONTROLS, key) ? (CONTROLS[key] ?? null) : null;
}
