import { expect, test } from 'vitest';
import { pagesCheckedIn } from '../../../src/pgbackrest/page-checks.ts';

const BACKUP_INFO = `[backup:current]
20261101-010000F={"backup-error":false,"option-checksum-page":true,"option-online":true}
20261102-010000F={"backup-error":false,"option-checksum-page":false,"option-online":true}
20261102-010000F_20261103-010000I={"backup-error":false,"option-checksum-page":true,"option-online":true}
`;

test.each([
  [['20261101-010000F'], true],
  [['20261102-010000F'], false],
  [['20261102-010000F_20261103-010000I', '20261102-010000F'], false],
  [['20261104-010000F'], null],
])('of %j the pages were compared: %s', (labels, checked) => {
  expect(pagesCheckedIn(BACKUP_INFO, labels)).toBe(checked);
});
