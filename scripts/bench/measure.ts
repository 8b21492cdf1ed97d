import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a program took. */
export interface Measured {
  readonly ms: number;
  readonly peakMb: number;
  readonly stdout: string;
}

/** Runs a program, its wall time and the peak memory of its first process. */
export async function measure(argv: readonly string[]): Promise<Measured> {
  const [program = '', ...rest] = argv;
  const started = performance.now();
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  let peakMb = 0;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const sample = setInterval(() => (peakMb = Math.max(peakMb, peakOf(child.pid))), 20);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(sample);
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}\n${stdout}`);
  return { ms: performance.now() - started, peakMb, stdout };
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
