import type { DrillEvent } from '../drill/events.ts';
import type { CliContext } from './context.ts';
export function progressView(context: CliContext, quiet: boolean): { show(event: DrillEvent): void; end(): void } {
  return { show: (e) => { if (!quiet && e.kind === 'phase-ended') context.stderr(`${e.phase} ${e.ok} ${e.durationMs} ${e.summary ?? ''}\n`); }, end: () => undefined };
}
