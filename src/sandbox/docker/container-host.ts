import { ExecHost } from '../../host/exec-host.ts';
import type { Container } from './engine.ts';
import { startExec } from './exec.ts';

/** A running container as a machine. Everything goes through the engine's exec, so the engine may be elsewhere. */
export function containerHost(
  container: Container,
  notes: string,
  env: Readonly<Record<string, string>> = {},
): ExecHost {
  return new ExecHost({ start: (request) => startExec(container, request), where: 'in the container', notes, env });
}
