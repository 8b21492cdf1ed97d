import { expect, test } from 'vitest';
import { notFenced } from '../../../src/host/fence.ts';

// As bubblewrap 0.8 says it.
test.each([
  ['bwrap: execvp /opt/tool: No such file or directory', 'tool-missing', '/opt/tool'],
  ['bwrap: execvp sh: Permission denied', 'tool-missing', 'permission denied there'],
  [
    "bwrap: Can't bind mount /oldroot/x/feed on /newroot/x/feed: Unable to mount source on destination: No such file or directory",
    'sandbox-failed',
    '/oldroot/x/feed',
  ],
  [
    'a warning of a shell\nbwrap: Creating new namespace failed: No space left on device',
    'sandbox-failed',
    'namespace',
  ],
])('%s', (stderr, code, words) => {
  const error = notFenced(stderr);
  expect(error?.code).toBe(code);
  expect(error?.message).toContain(words);
});

test.each(['', 'cat: x: No such file or directory', 'see bwrap: it is not there'])('%j is of the program', (stderr) => {
  expect(notFenced(stderr)).toBeNull();
});
