import type { FileHandle } from 'node:fs/promises';
import { DrillError } from '../core/errors.ts';

/** What is read of one file: more than any file of a run has, and less than the memory of a small machine. */
export const LONGEST_TEXT_BYTES = 64 * 1024 ** 2;

/** Why a file was not read. */
export function tooLong(path: string, bytes: number): DrillError {
  return new DrillError('sandbox-failed', `${path} is ${bytes} bytes long, which is more than any file of a drill`, {
    hint: 'did a function of the restored data write to it?',
  });
}

/** What stands between the beginning and the end of a text that was cut. */
export function cutText(head: string, tail: string, leftOutBytes: number): string {
  return `${head}\n--- pgdrill left out ${leftOutBytes} bytes here ---\n${tail}`;
}

/** The text of an open file. One that is too long is refused, or cut in its middle. */
export async function readText(file: FileHandle, path: string, cut: boolean): Promise<string> {
  const { size } = await file.stat();
  if (size <= LONGEST_TEXT_BYTES) return (await piece(file, 0, size)).toString('utf8');
  if (!cut) throw tooLong(path, size);
  const half = LONGEST_TEXT_BYTES / 2;
  const [head, tail] = [await piece(file, 0, half), await piece(file, size - half, half)];
  return cutText(head.toString('utf8'), tail.toString('utf8'), size - 2 * half);
}

async function piece(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
