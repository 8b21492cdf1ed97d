#!/usr/bin/env node
// Tiny, and without anything that an older Node could not read: everything else waits behind `await import()`.
import module from 'node:module';
import { version } from './version.ts';

const args = process.argv.slice(2);
const nodeMajor = Number.parseInt(process.versions.node, 10);

if (nodeMajor < 24) {
  process.stderr.write(`drill: pgdrill needs Node.js 24 or newer; this is ${process.version}\n`);
  process.exitCode = 2;
} else if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${version()}\n`);
} else {
  // Stands until there is an answer: a process that ends without one has hit a bug, and must not look like a pass.
  process.exitCode = 70;
  module.enableCompileCache();
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(args);
}
