#!/usr/bin/env node
import { program } from './cli/program.ts';
let s: NodeJS.Signals | null = null;
const a = new AbortController(), b = new AbortController();
for (const n of ['SIGINT', 'SIGTERM'] as const) process.on(n, () => { if (s) b.abort(); s ??= n; a.abort(); });
await program({ stdout: (t) => process.stdout.write(t), stderr: (t) => process.stderr.write(t), interactive: false, env: process.env, signal: a.signal, hurry: b.signal, receivedSignal: () => s }, (x) => { process.exitCode = x; }).parseAsync();
