import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { Redactor } from '../../src/core/redact.ts';
import { plain } from '../../src/cli/view/style.ts';
import type { CliContext } from '../../src/cli/context.ts';

const FILES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md')];

const context: CliContext = {
  stdout: () => undefined,
  stderr: () => undefined,
  interactive: false,
  columns: () => 80,
  stdoutColumns: () => 80,
  stdoutStyle: plain,
  stderrStyle: plain,
  confirm: () => Promise.resolve(false),
  lendTerminal: (work) => work(),
  env: {},
  redactor: new Redactor(),
  signal: new AbortController().signal,
  hurry: new AbortController().signal,
  receivedSignal: () => null,
};

const all = await program(null, context, () => undefined);
const commands = new Map(
  all.commands.map((command) => [
    command.name(),
    new Set([
      ...[command, ...command.commands].flatMap(({ options }) => options.flatMap(({ long, short }) => [long, short])),
      '--help',
    ]),
  ]),
);

/** Every `drill …` in code of the documents, but for what programs print: the command and the options behind it. */
function mentioned(file: string): { line: string; command: string; options: string[] }[] {
  const text = readFileSync(file, 'utf8');
  const code = [...text.matchAll(/```(?!text)[a-z]*\n([\s\S]*?)```|`([^`\n]+)`/g)].flatMap(([, block, inline]) =>
    (block ?? inline ?? '').split('\n'),
  );
  return code.flatMap((line) => {
    const match = /(?:^|\s)(?:npm run -s drill --|drill|pgdrill) ([a-z]+(?:-[a-z]+)*)\b([^#]*)/.exec(line.trim());
    if (!match?.[1] || !/^(npm run -s drill --|drill|pgdrill) /.test(line.trim())) return [];
    const options = [...(match[2] ?? '').matchAll(/(?:^|\s)(--[a-z][a-z-]*)/g)].map(([, option]) => option ?? '');
    return [{ line, command: match[1], options }];
  });
}

test.each(FILES)('%s names commands and options that there are', (file) => {
  for (const { line, command, options } of mentioned(file)) {
    expect([...commands.keys()], line).toContain(command);
    for (const option of options) expect([...(commands.get(command) ?? [])], line).toContain(option);
  }
});

test.each(FILES)('%s links to files that there are', (file) => {
  const targets = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(
    ([, target]) => target ?? '',
  );
  for (const target of targets.filter((item) => !/^[a-z]+:/.test(item))) {
    expect(existsSync(join(dirname(file), target)), target).toBe(true);
  }
});

test('the documents show enough commands for this to mean something', () => {
  expect(FILES.flatMap(mentioned).length).toBeGreaterThan(15);
});

test('README.md links to every page of docs', () => {
  const readme = readFileSync('README.md', 'utf8');
  expect(globSync('docs/*.md').filter((page) => !readme.includes(`](${page})`))).toEqual([]);
});
