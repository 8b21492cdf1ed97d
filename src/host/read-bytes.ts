import type { Host } from './host.ts';

interface Part {
  readonly offset: number;
  readonly bytes: number;
}

/** The bytes of a file, or of a part of it, as od prints them: files come as text from hosts. None: it cannot be read. */
export async function readBytes(host: Host, path: string, part: Part | null = null): Promise<Buffer> {
  const only = part === null ? [] : [`-j${part.offset}`, `-N${part.bytes}`];
  const { exitCode, stdout } = await host.run(['od', '-An', '-v', '-tx1', ...only, path]);
  return exitCode === 0 ? Buffer.from(stdout.replaceAll(/\s+/g, ''), 'hex') : Buffer.alloc(0);
}
