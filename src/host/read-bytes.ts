import type { Host } from './host.ts';

interface Part {
  readonly offset: number;
  readonly bytes: number;
}

/** The bytes of several files, read by one program. None of one: it cannot be read. */
export async function readBytesOfAll(host: Host, paths: readonly string[]): Promise<Buffer[]> {
  const script = 'for file; do if od -An -v -tx1 "$file" 2>/dev/null; then echo =; else echo !; fi; done';
  const { stdout } = await host.run(['sh', '-c', script, 'sh', ...paths]);
  const read = [...stdout.matchAll(/([^=!]*)([=!])\n/g)];
  return paths.map((_, index) => (read[index]?.[2] === '=' ? bytesIn(read[index]?.[1] ?? '') : Buffer.alloc(0)));
}

/** The bytes of a file, or of a part of it, as od prints them: files come as text from hosts. None: it cannot be read. */
export async function readBytes(host: Host, path: string, part: Part | null = null): Promise<Buffer> {
  const only = part === null ? [] : [`-j${part.offset}`, `-N${part.bytes}`];
  const { exitCode, stdout } = await host.run(['od', '-An', '-v', '-tx1', ...only, path]);
  return exitCode === 0 ? bytesIn(stdout) : Buffer.alloc(0);
}

function bytesIn(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s+/g, ''), 'hex');
}
