import { expect, test } from 'vitest';
import { channelWords, togetherNamed } from '../../../src/notify/channel.ts';
import { planOf, problemsOf } from '../../fixtures/plans.ts';
import { channelFor, channelsFor } from '../../fixtures/notify.ts';

const PLAN = 'name: orders\nsource: { stanza: main }\n';

test('a plan names its channels, each with a name of its own', () => {
  const { notify } = planOf(`${PLAN}notify:
  - slack: { url: env:SLACK_URL }
    on: failure
  - slack: { url: env:OTHER_URL }
    on: [always]
  - healthchecks: { url: file:hc }
    name: hc
  - email: { to: [a@b.org, c@d.org], from: e@f.org }
`);
  expect(notify.map(channelWords)).toEqual([
    'slack: an incoming webhook; on failure',
    'slack-2 (slack): an incoming webhook; on always',
    'hc (healthchecks): a ping at the beginning and at the end of each run',
    'email: a@b.org, c@d.org by localhost; on failure and recovered',
  ]);
  expect(new Set(notify.map(({ id }) => id)).size).toBe(4);
});

test('one channel is told once, whoever names it', () => {
  const slack = { slack: { url: 'env:SLACK_URL' } };
  expect(togetherNamed(channelsFor([slack, slack]))).toHaveLength(1);
});

const idIn = (url: unknown, base: string): string => channelFor({ slack: { url } }, base).id;

test('the same words in two directories are one channel, unless they name files or programs there', () => {
  expect(idIn('env:URL', '/a')).toBe(idIn('env:URL', '/b'));
  expect(idIn('file:/etc/url', '/a')).toBe(idIn('file:/etc/url', '/b'));
  expect(idIn('file:url', '/a')).not.toBe(idIn('file:url', '/b'));
  expect(idIn({ command: ['./url'] }, '/a')).not.toBe(idIn({ command: ['./url'] }, '/b'));
});

test.each([
  ['slak: { url: env:X }', '[0].slak: is not known here; did you mean slack?'],
  ['slack: env:X', '[0].slack: has to be a block such as { url: env:SLACK_URL }'],
  ['slack: { url: env:X }\n    on: fail', '[0].on: is one of always, failure, change, recovered, or a list of them'],
  ['slack: { url: env:X, urll: 1 }', '[0].slack.urll: is not known here'],
  ['ntfy: { topic: backups }', '[0].ntfy.topic: is the password of itself on ntfy.sh'],
  ['telegram: { token: env:T, chat: "a b" }', '[0].telegram.chat: has to be the number of a chat, or @channel'],
  ['healthchecks: { url: env:X }\n    on: always', '[0].on: does not go with the other keys here'],
  [
    'webhook: { url: "https://x.org/?token=verysecret" }',
    '[0].webhook.url: has to be an address without a secret in it',
  ],
  ['email: { to: a@b.org, from: c@d.org, user: x }', '[0].email.user: goes with password, the reference to it'],
  [
    'email: { to: a@b.org, from: c@d.org, server: m.org, user: x, password: env:P, security: none }',
    '[0].email.security: has to be tls or starttls where a password is sent',
  ],
  ['email: { to: nobody, from: c@d.org }', '[0].email.to: has to be an address'],
  ['slack: { url: env:A }\n    ntfy: { topic: env:B }', '[0]: has to be one channel of email,'],
])('%s is refused in its line', (written, problem) => {
  const [found, ...more] = problemsOf(`${PLAN}notify:\n  - ${written}\n`);
  expect(`${found?.path.replace('notify', '') ?? ''}: ${found?.message ?? ''}`).toContain(problem);
  expect(found?.place?.line).toBeGreaterThanOrEqual(4);
  expect(more).toEqual([]);
});

test.each(['https://hooks.slack.com/services/T0/verysecret', 'verysecret'])(
  '%s in a plan is refused, and not shown',
  (url) => {
    const problems = problemsOf(`${PLAN}notify:\n  - slack: { url: "${url}" }\n`);
    expect(problems).toMatchObject([{ path: 'notify[0].slack.url', place: { line: 4 } }]);
    expect(problems[0]?.message).toMatch(/^has to say where the secret is: env:NAME, file:\/path/);
    expect(JSON.stringify(problems)).not.toContain('verysecret');
  },
);
