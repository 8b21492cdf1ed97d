import { expect, test } from 'vitest';
import { programOptions, startupOptions } from '../../../src/postgres/session-settings.ts';

test.each([
  [12, 'idle_session_timeout', false],
  [14, 'idle_session_timeout', true],
  [16, 'transaction_timeout', false],
  [17, 'transaction_timeout', true],
  [16, 'event_triggers', false],
  [17, 'event_triggers', true],
])('PostgreSQL %i is given %s: %s', (major, setting, given) => {
  expect(startupOptions('postgres', major).includes(`-c ${setting}=`)).toBe(given);
});

test('a value with a space or a backslash stays one word', () => {
  const options = startupOptions(String.raw`the o\dd one`, 15);
  expect(options).toContain(String.raw`-c session_authorization=the\ o\\dd\ one`);
  expect(options).toContain(String.raw`-c default_transaction_isolation=read\ committed`);
});

test('a program of an ordinary role is given nothing that only a superuser may set', () => {
  const [superuser, ordinary] = [programOptions(true, 17), programOptions(false, 17)];
  expect(superuser).toContain('session_preload_libraries=');
  expect(ordinary).not.toMatch(/session_preload|event_triggers|zero_damaged|ignore_checksum|log_/);
  expect(ordinary).toContain('-c statement_timeout=0');
});
