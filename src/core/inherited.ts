import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC, in the octal flags of /proc/PID/fdinfo (proc(5)). */
const CLOSES_BY_ITSELF = 0o2000000;

/**
 * Closes the files that this process was started with, except standard input and output: a lock of a shell, the socket of a
 * service. Every program that is started would get it too, and the copy could write to it, past its fence. What a word
 * names, as the shell does for `<(…)`, stays open.
 */
export function closeInherited(words: readonly string[]): void {
  const named = new Set(words.flatMap((word) => /\/fd\/(\d+)$/.exec(word)?.[1] ?? []));
  for (const name of readdirSync('/proc/self/fd')) {
    if (Number(name) <= 2 || named.has(name) || name === process.env['NODE_CHANNEL_FD']) continue;
    try {
      const [, flags = ''] = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8')) ?? [];
      if ((Number.parseInt(flags, 8) & CLOSES_BY_ITSELF) === 0) closeSync(Number(name));
    } catch {
      // The list itself was open when it was read.
    }
  }
}
