import { escapeMarkup } from '../markup.ts';

/** Even if restored data found a way through the escaping, the browser would neither run nor fetch anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

interface Page {
  readonly title: string;
  readonly style: string;
  /** More for its head, as markup. */
  readonly head?: string;
  /** What is on it, as markup. */
  readonly main: string;
}

/** A page of its own: no script, nothing fetched from elsewhere. */
export function htmlPage({ title, style, head = '', main }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
}
