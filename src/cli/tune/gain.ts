/** What a way does for the RTO, in words; empty for that as configured. */
export function gainText(ratio: number | null): string {
  if (ratio === null || ratio === 1) return '';
  const percent = Math.round(Math.abs(1 - ratio) * 100);
  if (percent === 0) return 'as long';
  return `${percent} % ${ratio < 1 ? 'faster' : 'slower'}`;
}
