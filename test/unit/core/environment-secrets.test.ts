import { expect, test } from 'vitest';
import { secretsInEnvironment } from '../../../src/core/environment-secrets.ts';

test.each([
  ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG'],
  ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE'],
  ['AWS_SESSION_TOKEN', 'FwoGZXIvYXdz'],
  ['SSHPASS', 'cat'],
  ['PGPASSWORD', 'dog'],
  ['AZURE_STORAGE_KEY', 'abcdef=='],
  ['HCLOUD_TOKEN', 'hunter2'],
  ['RCLONE_CONFIG_PASS', 'hunter2'],
  ['API_KEY', 'hunter2'],
  ['APIKEY', 'hunter2'],
  ['db_password', 'hunter2'],
  ['MY_SECRET_2', 'hunter2'],
])('%s holds a secret', (name, value) => {
  expect(secretsInEnvironment({ [name]: value })).toEqual([value]);
});

test.each([
  ['PWD', '/home/me'],
  ['PATH', '/usr/bin'],
  ['SSH_KEY', '/home/me/.ssh/id'],
  ['GOOGLE_APPLICATION_CREDENTIALS', '/etc/key.json'],
  ['COMPASS_HOME', 'somewhere'],
  ['KEYBOARD', 'english'],
  ['PASSAGE', 'nothing'],
  ['TOKEN', 'main'],
  ['TOKENS_MAX', '10000000'],
  ['HOME_URL', 'https://example.org/path'],
])('%s=%s is none', (name, value) => {
  expect(secretsInEnvironment({ [name]: value })).toEqual([]);
});

test('of a URL it is the password, of a private key each line', () => {
  expect(secretsInEnvironment({ DATABASE_URL: 'postgres://me:hunter2@db/shop' })).toEqual(['hunter2']);
  const key = '-----BEGIN KEY-----\nMIIEowIBAAKCAQ\nx9PSuVmeqwxdf0\n-----END KEY-----';
  expect(secretsInEnvironment({ DEPLOY_KEY: key })).toEqual([key, 'MIIEowIBAAKCAQ', 'x9PSuVmeqwxdf0']);
});
