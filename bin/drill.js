#!/usr/bin/env node
// Plain JavaScript that any Node can read: an older one gets a sentence instead of a syntax error, and `--version`
// answers without loading anything. In a checkout the sources are run as they are; a package carries them compiled.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';

const args = process.argv.slice(2);
const packageJson = new URL('../package.json', import.meta.url);
const source = new URL('../src/cli/main.ts', import.meta.url);
const compiled = new URL('../dist/cli/main.js', import.meta.url);

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `drill: pgdrill needs Node.js 24 or newer; this is ${process.version}\n` +
      '  hint: in a checkout npm ci installs it beside pgdrill; bin/drill and npm run -s drill -- use that\n',
  );
  process.exitCode = 2;
} else if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${JSON.parse(readFileSync(packageJson, 'utf8')).version}\n`);
} else {
  // Stands until there is an answer: a process that ends without one has hit a bug, and must not look like a pass.
  process.exitCode = 70;
  module.enableCompileCache();
  // Nothing here needs native addons. Those that packages bring as an extra (ssh2) were compiled for the Node.js of whoever ran
  // npm ci, perhaps an older one, and an addon of another Node.js makes this one crash at its end.
  process.dlopen = () => {
    throw new Error('pgdrill loads no native addons');
  };
  const { main } = await import((existsSync(source) ? source : compiled).href);
  process.exitCode = await main(args);
  // The answer stands; what hangs (an engine that does not answer) must not keep the process, nor whoever has ended it.
  const wasEnded = process.exitCode > 128;
  setTimeout(
    () => {
      process.exit();
    },
    wasEnded ? 500 : 10_000,
  ).unref();
}
