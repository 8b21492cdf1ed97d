import { encodeDuration } from '../../core/duration.ts';
import { durationText, rateText, sizeText } from '../../report/document/words.ts';
import { ticks as durationTicks, tickText } from '../../report/html/chart.ts';

/** What an axis measures. */
export interface Unit {
  /** Marks from 0 to `greatest`, at most about `most`. */
  readonly ticks: (greatest: number, most: number) => number[];
  /** The words at a mark. */
  readonly tick: (value: number) => string;
  /** A value for people. */
  readonly text: (value: number) => string;
  /** A value that was promised, as a plan has it. */
  readonly promised: (value: number) => string;
}

/** Milliseconds. */
export const DURATION: Unit = { ticks: durationTicks, tick: tickText, text: durationText, promised: encodeDuration };

/** Bytes. */
export const SIZE: Unit = { ticks: byteTicks, tick: roundText(sizeText), text: sizeText, promised: sizeText };

/** Bytes a second. */
export const RATE: Unit = { ticks: byteTicks, tick: roundText(rateText), text: rateText, promised: rateText };

/** Steps that are round in a unit of 1024, and make a whole of the next one where they are large. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 256, 512];

function byteTicks(greatest: number, most: number): number[] {
  const steps = [0, 1, 2, 3, 4].flatMap((power) => STEPS.map((step) => step * 1024 ** power));
  const step = steps.find((candidate) => greatest / candidate <= most) ?? greatest;
  return Array.from({ length: Math.floor(greatest / step) + 1 }, (_, index) => index * step);
}

function roundText(text: (value: number) => string): (value: number) => string {
  return (value) => (value === 0 ? '0' : text(value).replace('.0 ', ' '));
}
