import { shellQuote } from '../../core/shell-quote.ts';

/** A script that ends a production that was kept, and removes all of the demo. */
export function endScript(root: string, dataDirectory: string): string {
  return `#!/bin/sh
# Ends the production cluster of "drill demo --keep", and removes it.
set -eu
root=${shellQuote(root)}
data=${shellQuote(dataDirectory)}
pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null || true)
# After a restart of the machine the number may be that of another process.
if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$data" ]; then
    kill -INT "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
fi
rm -rf -- "$root"
`;
}
