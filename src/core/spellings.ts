/** Shorter pieces of base64 might be a part of anything. */
const SHORTEST_BASE64 = 8;

/** How a secret may be written by programs and formats that quote it: each of these spellings is as good as the secret. */
export function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const json = JSON.stringify(secret).slice(1, -1);
  const url = [encodeURIComponent(secret.toWellFormed()), percentEncoded(bytes), formEncoded(secret)];
  const base64 = [bytes.toString('base64'), ...insideBase64(bytes)];
  const hex = bytes.toString('hex');
  return [
    secret,
    secret.toWellFormed(),
    json,
    inAscii(json),
    ...url,
    ...url.map((text) => text.replace(/%../g, (code) => code.toLowerCase())),
    ...base64,
    ...base64.map(forUrls),
    hex,
    hex.toUpperCase(),
    // SQL, a shell and XML.
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", `'\\''`),
    inXml(secret),
  ];
}

function inAscii(json: string): string {
  return json.replace(/[^\u0020-\u007e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As RFC 3986 and the signatures of S3 have it: encodeURIComponent leaves `!'()*`. */
function percentEncoded(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => [byte, String.fromCharCode(byte)] as const)
    .map(([byte, character]) => (/[A-Za-z0-9._~-]/.test(character) ? character : `%${twoDigits(byte)}`))
    .join('');
}

function twoDigits(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

function formEncoded(secret: string): string {
  return new URLSearchParams([['', secret]]).toString().slice(1);
}

/** What is in the base64 of a longer text, such as `user:secret`, wherever in it the secret begins. */
function insideBase64(bytes: Buffer): string[] {
  return [0, 1, 2]
    .map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6)),
    )
    .filter((text) => text.length >= SHORTEST_BASE64);
}

function forUrls(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function inXml(secret: string): string {
  const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return secret.replace(/[&<>"]/g, (character) => named[character] ?? character);
}
