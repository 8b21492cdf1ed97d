import { buffersOf } from '../known.ts';
import { settingsWay, type Knob } from '../knob.ts';

/** Of the memory: what is usual for a server, and for one that does nothing but recover. */
const SHARES = [0.25, 0.4];

/** Less than this is no other size. */
const LEAST_FACTOR = 1.5;

const MB = 1024 ** 2;

/**
 * The memory that replay works in: with 128 MB it took 1.6 times as long as with 512 MB, and with 2 GB 0.6 times (PostgreSQL 15, 1.25 GB
 * of WAL).
 */
export const sharedBuffers: Knob = {
  ways: (known) => {
    const sizes = SHARES.map((share) => plainSize(known.memoryBytes * share));
    return [...new Set(sizes)].filter((bytes) => bytes >= buffersOf(known) * LEAST_FACTOR).map(wayOf);
  },
};

/** Down to whole gigabytes, or to 64 MB below that. */
function plainSize(bytes: number): number {
  const step = bytes >= 1024 * MB ? 1024 * MB : 64 * MB;
  return Math.floor(bytes / step) * step;
}

function wayOf(bytes: number): ReturnType<typeof settingsWay> {
  const mb = bytes / MB;
  return settingsWay({ shared_buffers: mb % 1024 === 0 ? `${mb / 1024}GB` : `${mb}MB` });
}
