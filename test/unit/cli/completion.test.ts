import { Command, Option } from '@commander-js/extra-typings';
import { describe, expect, test } from 'vitest';
import { completionScript } from '../../../src/cli/completion/completion.ts';

function sample(): Command {
  const root = new Command('drill');
  root
    .command('run')
    .description("run a user's drills")
    .argument('[plan...]')
    .option('--stanza <name>', 'the stanza [one]')
    .option('--json', 'print JSON; nothing else')
    .addOption(new Option('--level <level>', 'how much').choices(['low', 'high']))
    .addOption(new Option('--secret-option').hideHelp());
  return root;
}

describe.each(['bash', 'zsh', 'fish'] as const)('completion for %s', (shell) => {
  const script = completionScript(shell, sample());

  test('knows commands, options and choices', () => {
    for (const word of ['run', 'stanza', 'json', 'level', 'low', 'high', 'help']) expect(script).toContain(word);
  });

  test('serves both names of the program', () => {
    expect(script).toMatch(/\bdrill\b/);
    expect(script).toMatch(/\bpgdrill\b/);
  });

  test('shows no hidden option', () => {
    expect(script).not.toContain('secret-option');
  });
});

test('quotes for zsh what has a meaning there', () => {
  expect(completionScript('zsh', sample())).toContain(String.raw`'*--stanza[the stanza \[one\]]:value:_files'`);
});

test('quotes for fish what has a meaning there', () => {
  expect(completionScript('fish', sample())).toContain(String.raw`-d 'run a user'\''s drills'`);
});
