/**
 * JSON that a server has made. From a database that knows no encoding, bytes that are not UTF-8 come escaped (`\xe9`, guarded-socket.ts),
 * which JSON does not know: here they stay as they are shown.
 */
export function jsonOf(text: string): unknown {
  return JSON.parse(text.replace(/\\./gs, (pair) => (pair === String.raw`\x` ? String.raw`\\x` : pair)));
}
