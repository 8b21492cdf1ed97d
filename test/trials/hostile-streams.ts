/** Random numbers that are the same in each run. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A stream with one to four random changes: bytes altered, put in, left out, or said twice. */
export function mutated(stream: Buffer, random: (below: number) => number): Buffer {
  let changed = stream;
  for (let change = 0; change <= random(4); change += 1) changed = changedOnce(changed, random);
  return changed;
}

function changedOnce(stream: Buffer, random: (below: number) => number): Buffer {
  const at = random(stream.length + 1);
  const length = 1 + random(12);
  const noise = Buffer.from(Array.from({ length }, () => random(256)));
  const [before, piece, after] = [
    stream.subarray(0, at),
    stream.subarray(at, at + length),
    stream.subarray(at + length),
  ];
  const ways = [
    [before, noise, after],
    [before, noise, piece, after],
    [before, after],
    [before, piece, piece, after],
    [before],
  ];
  return Buffer.concat(ways[random(ways.length)] ?? []);
}
