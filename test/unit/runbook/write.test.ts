import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeRunbook } from '../../../src/runbook/write.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

describe('a runbook that is written to a file', () => {
  const [old, text] = ['# Disaster recovery of orders\n\nold\n', '# Disaster recovery of orders\n\nnew\n'];
  test("is its owner's alone, takes the place of the one before, and goes on being read by whom its owner lets", () => {
    const folder = join(temporaryDirectory(), 'a/b');
    const file = join(folder, 'runbook.md');
    expect(writeRunbook(file, old)).toBeNull();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    expect(writeRunbook(file, text)).toBeNull();
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['runbook.md']);
  });

  test.each(['# Disaster recovery of payments\n', 'notes', ''])('never takes the place of %j', (other) => {
    const file = join(temporaryDirectory(), 'runbook.md');
    writeFileSync(file, other);
    expect(writeRunbook(file, text)).toMatch(/no runbook of this drill/);
    expect(readFileSync(file, 'utf8')).toBe(other);
  });

  test('follows no link, and says where it cannot be written', () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, 'real.md'), old);
    symlinkSync('real.md', join(root, 'runbook.md'));
    expect(writeRunbook(join(root, 'runbook.md'), text)).toMatch(/is a link/);
    expect(readFileSync(join(root, 'real.md'), 'utf8')).toBe(old);
    expect(writeRunbook(join(root, 'real.md/runbook.md'), text)).toMatch(/ENOTDIR/);
    expect(writeRunbook(root, text)).toMatch(/no runbook of this drill/);
  });
});
