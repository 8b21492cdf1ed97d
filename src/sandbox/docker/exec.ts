import type { Socket } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DrillError } from '../../core/errors.ts';
import type { Exec, ExecRequest } from '../../host/exec.ts';
import type { Container } from './engine.ts';

/** Starts a program in a running container. Throws `process-killed` when the container does not run any more. */
export async function startExec(container: Container, request: ExecRequest): Promise<Exec> {
  const { argv, env = {}, cwd, stdin = false } = request;
  try {
    const exec = await container.exec({
      Cmd: [...argv],
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      AttachStdin: stdin,
      AttachStdout: true,
      AttachStderr: true,
      ...(cwd === undefined ? {} : { WorkingDir: cwd }),
    });
    const stream: Duplex = await exec.start({ hijack: true, stdin });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    container.modem.demuxStream(stream, stdout, stderr);
    let isGivenUp = false;
    const finish = (): void => {
      stdout.end();
      stderr.end();
    };
    const ended = new Promise<void>((resolve) => {
      for (const event of ['end', 'close', 'error']) {
        stream.once(event, () => {
          finish();
          // The engine leaves its side open when a container is removed.
          stream.destroy();
          resolve();
        });
      }
    });
    return {
      stdin: stream,
      stdout,
      stderr,
      exited: ended.then(() => exitCode(exec, () => isGivenUp)),
      release: () => (stream as Partial<Socket>).unref?.(),
      abandon: () => {
        isGivenUp = true;
        stream.destroy();
      },
    };
  } catch (error) {
    throw notThere(error);
  }
}

/** The output ends a moment before the engine knows the exit status: some milliseconds, or many seconds where the machine stalls. */
const STATUS_KNOWN_WITHIN_MS = 120_000;

/** Null: the engine does not know it, or the program has been given up. */
async function exitCode(
  exec: { inspect(): Promise<{ Running: boolean; ExitCode: number | null }> },
  isGivenUp: () => boolean,
): Promise<number | null> {
  for (const end = performance.now() + STATUS_KNOWN_WITHIN_MS; performance.now() < end && !isGivenUp();) {
    const state = await exec.inspect().catch(() => null);
    if (state === null) return null;
    if (!state.Running) return state.ExitCode;
    await delay(20);
  }
  return null;
}

/** 404: no such container; 409: it is not running. */
function notThere(error: unknown): unknown {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 404 && statusCode !== 409) return error;
  return new DrillError('process-killed', 'the container of the drill does not run any more', { cause: error });
}
