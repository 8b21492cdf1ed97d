const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Numbers as a row of bars between their least and greatest; a gap, `·`, where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const numbers = values.filter((value) => value !== null);
  const low = Math.min(...numbers);
  const range = Math.max(...numbers) - low;
  return values
    .map((value) => {
      if (value === null) return '·';
      const share = range === 0 ? 0.5 : (value - low) / range;
      return BARS[Math.round(share * (BARS.length - 1))];
    })
    .join('');
}
