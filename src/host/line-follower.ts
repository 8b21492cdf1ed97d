import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LineSplitter } from './line-splitter.ts';

const POLL_MS = 20;

/**
 * Calls back for each line of a file that another process appends to. Polls, since inotify is not to be had on every
 * file system and 20 ms are far below what a drill measures. The file may come into being later.
 */
export function followLines(path: string, onLine: (line: string) => void): { stop(): Promise<void> } {
  let stopping = false;
  const finished = follow(path, onLine, () => stopping);
  return {
    stop: async () => {
      stopping = true;
      await finished;
    },
  };
}

async function follow(path: string, onLine: (line: string) => void, stopping: () => boolean): Promise<void> {
  const splitter = new LineSplitter(onLine);
  const buffer = Buffer.alloc(64 * 1024);
  let file: FileHandle | null = null;
  try {
    for (;;) {
      const last = stopping();
      file ??= await openIfThere(path);
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

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch {
    return null;
  }
}

async function readSome(file: FileHandle | null, buffer: Buffer): Promise<number> {
  return file ? (await file.read(buffer, 0, buffer.length, null)).bytesRead : 0;
}
