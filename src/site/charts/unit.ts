import { scaleLinear } from 'd3-scale';
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

/** Round in the unit that the greatest is written in, which is a power of 1024. */
function byteTicks(greatest: number, most: number): number[] {
  const unit = 1024 ** Math.floor(Math.log2(Math.max(greatest, 1)) / 10);
  return scaleLinear([0, greatest / unit], [0, 1])
    .ticks(most)
    .map((value) => value * unit);
}

function roundText(text: (value: number) => string): (value: number) => string {
  return (value) => (value === 0 ? '0' : text(value).replace('.0 ', ' '));
}
