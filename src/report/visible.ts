/** Control and format characters (those that turn the direction of text among them), but for line feed and tab. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/**
 * Text with its unseen characters spelled out (`\u202E`), since restored data may hold any. None may hide or reorder what
 * a reader sees, and XML allows most of them in no form at all.
 */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSEEN, (found) => {
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}
