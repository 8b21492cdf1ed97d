import { checkUpOf } from './build-document.ts';
import type { CheckUp } from './document.ts';
import { lookAtStanza, type LookOptions, type LookServices } from './look.ts';

/** Looks at the repositories of a plan and judges them by what it promises. Throws what {@link lookAtStanza} throws. */
export async function checkUp(options: LookOptions, services: LookServices): Promise<CheckUp> {
  const { clock, redactor } = services;
  const { name, objectives, retention } = options.plan;
  const begun = clock.monotonicMs();
  const facts = await lookAtStanza(options, services);
  const durationMs = clock.monotonicMs() - begun;
  return redactor.data(checkUpOf(facts, { ...objectives, retention }, { name, durationMs }));
}
