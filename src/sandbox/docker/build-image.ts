import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DrillError, messageOf } from '../../core/errors.ts';
import { ownFile } from '../../core/own-files.ts';
import type { Engine } from './engine.ts';
import { imageName } from './images.ts';

/** What an image of drills is to be made of. */
export interface ImageRecipe {
  readonly major: number;
  /** The suite of Debian. */
  readonly suite: string;
  /** Whose packages: the suite's own, or those of postgresql.org, which has every major version. */
  readonly packages: 'debian' | 'pgdg';
}

/** Major versions that a released suite of Debian has itself. */
const DEBIAN_SUITES: Readonly<Record<number, string>> = { 15: 'bookworm', 17: 'trixie' };

/** The recipe for a major version: Debian's own packages where there are any, as what is asked for allows. */
export function recipeFor(
  major: number,
  asked: { readonly suite?: string | undefined; readonly packages?: ImageRecipe['packages'] | undefined } = {},
): ImageRecipe {
  const own = DEBIAN_SUITES[major];
  const suite = asked.suite ?? own ?? 'trixie';
  return { major, suite, packages: asked.packages ?? (own === suite || asked.suite !== undefined ? 'debian' : 'pgdg') };
}

const CONTEXT = fileURLToPath(ownFile('../docker/'));
const FILES = ['Dockerfile', 'health.sh'];

interface BuildOptions {
  /** The network of the build's steps, such as `host`; null: the engine's usual one. */
  readonly network: string | null;
  readonly signal: AbortSignal;
  /** Called for each line that the build prints. */
  readonly onLine: (line: string) => void;
}

interface BuildMessage {
  readonly stream?: string;
  readonly error?: string;
}

/** Builds the image of a recipe under its usual name, which is returned. Throws `sandbox-failed` with its last lines. */
export async function buildImage({ docker }: Engine, recipe: ImageRecipe, options: BuildOptions): Promise<string> {
  const name = imageName(recipe.major);
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(readFileSync(`${CONTEXT}${file}`));
  const last: string[] = [];
  const take = ({ stream = '' }: BuildMessage): void => {
    for (const line of stream.split('\n').filter((text) => text.trim() !== '')) {
      last.push(line);
      if (last.length > 15) last.shift();
      options.onLine(line);
    }
  };
  try {
    const stream = await docker.buildImage(
      { context: CONTEXT, src: FILES },
      {
        t: name,
        buildargs: { SUITE: recipe.suite, POSTGRES_MAJOR: String(recipe.major), PACKAGES: recipe.packages },
        labels: { 'org.pgdrill.recipe': hash.digest('hex') },
        abortSignal: options.signal,
        ...(options.network === null ? {} : { networkmode: options.network }),
      },
    );
    const messages = await new Promise<BuildMessage[]>((resolve, reject) => {
      docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)), take);
    });
    const failed = messages.find(({ error }) => error !== undefined);
    if (failed) throw new Error(failed.error);
    return name;
  } catch (error) {
    options.signal.throwIfAborted();
    throw new DrillError('sandbox-failed', `${name} could not be built: ${messageOf(error)}\n${last.join('\n')}`, {
      hint: 'behind a proxy or a firewall, try --network host; other packages: --packages pgdg; another suite: --suite',
      cause: error,
    });
  }
}
