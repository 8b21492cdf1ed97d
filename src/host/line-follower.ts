import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LineSplitter } from './line-splitter.ts';

const POLL_MS = 20;

/** Opens the file; null: it is not there yet. */
type Opener = () => Promise<FileHandle | null>;

/**
 * Calls back for each line of a file that another process appends to. Polls, since inotify is not to be had on every
 * file system and 20 ms are far below what a drill measures. The file may come into being later.
 */
export function followLines(open: Opener, onLine: (line: string) => void): { stop(): Promise<void> } {
  let stopping = false;
  const finished = follow(open, onLine, () => stopping);
  return {
    stop: async () => {
      stopping = true;
      await finished;
    },
  };
}

async function follow(open: Opener, onLine: (line: string) => void, stopping: () => boolean): Promise<void> {
  const splitter = new LineSplitter(onLine);
  const buffer = Buffer.alloc(64 * 1024);
  let file: FileHandle | null = null;
  try {
    for (;;) {
      const last = stopping();
      file ??= await openIfThere(open);
      for (let read = await readSome(file, buffer); read > 0; read = await readSome(file, buffer)) {
        splitter.push(buffer.subarray(0, read));
      }
      if (last) break;
      await delay(POLL_MS);
    }
    splitter.end();
  } finally {
    await file?.close();
  }
}

async function openIfThere(open: Opener): Promise<FileHandle | null> {
  try {
    return await open();
  } catch {
    return null;
  }
}

async function readSome(file: FileHandle | null, buffer: Buffer): Promise<number> {
  return file ? (await file.read(buffer, 0, buffer.length, null)).bytesRead : 0;
}
