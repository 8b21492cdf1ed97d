import { expect, test } from 'vitest';
import { machineFactsIn, valueIn } from '../../../src/sandbox/machine-text.ts';

const TEXT = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
user=
kernel=6.12.0
arch=x86_64
hostname=there
cpus=4
MemAvailable:   16384 kB
`;

test('what a machine says of itself', () => {
  expect(machineFactsIn(TEXT)).toEqual({
    hostname: 'there',
    os: 'Debian GNU/Linux 13 (trixie)',
    kernel: '6.12.0',
    arch: 'x86_64',
    cpus: 4,
    memoryBytes: 16_777_216,
  });
});

test('an empty value is empty, and not the next line', () => {
  expect(valueIn(TEXT, 'user')).toBe('');
  expect(valueIn(TEXT, 'absent')).toBe('');
});
