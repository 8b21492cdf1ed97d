import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

// Compiles the program with the packages that it is made of: node scripts/bundle.ts [DIRECTORY], dist by default. A run
// loads 40 files in place of 700, and is there three times as fast. What is no TypeScript is copied to its place.

const ROOT = join(import.meta.dirname, '..');
const out = resolve(process.argv[2] ?? join(ROOT, 'dist'));

/** Loaded by drills in containers alone, and too much to carry along. */
const LEFT_OUT = [/^testcontainers(\/|$)/, /^dockerode(\/|$)/];

/** The text of the licence of each package that is in the bundle, as each of them asks for. */
function licences(modules: readonly string[]): string {
  const roots = modules.flatMap((id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []);
  const texts = [...new Set(roots)].toSorted().map((root) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
      license: string;
    };
    const [file] = globSync('{LICENSE,LICENCE,License,license}*', { cwd: root });
    const text = file === undefined ? '' : readFileSync(join(root, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

rmSync(out, { recursive: true, force: true });
const bundle = await rolldown({
  input: { 'cli/main': join(ROOT, 'src/cli/main.ts'), 'library/index': join(ROOT, 'src/index.ts') },
  cwd: ROOT,
  platform: 'node',
  external: LEFT_OUT,
});
const { output } = await bundle.write({
  dir: out,
  format: 'esm',
  sourcemap: true,
  entryFileNames: '[name].js',
  // As deep as each file of the sources that looks for others: see src/core/own-files.ts.
  chunkFileNames: 'chunks/[name]-[hash].js',
});
await bundle.close();
const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
writeFileSync(join(out, 'LICENCES.txt'), licences(modules));
for (const name of globSync('**/*.{sh,pl}', { cwd: join(ROOT, 'src') })) {
  cpSync(join(ROOT, 'src', name), join(out, name));
}
