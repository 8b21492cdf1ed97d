import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DrillError, messageOf } from '../../core/errors.ts';
import { ownFile } from '../../core/own-files.ts';
import type { ImageOrder, ImageWish } from '../kind.ts';
import { connectEngine, type Engine } from './engine.ts';
import { imageName } from './images.ts';
import { shortened } from '../../core/shortened.ts';

/** What an image of drills is to be made of. */
interface ImageRecipe {
  readonly major: number;
  /** The suite of Debian. */
  readonly suite: string;
  readonly packages: 'debian' | 'pgdg';
}

/** Major versions that a released suite of Debian has itself. */
const DEBIAN_SUITES: Readonly<Record<number, string>> = { 15: 'bookworm', 17: 'trixie' };

/** The recipe for a major version: Debian's own packages where there are any, as what is asked for allows. */
export function recipeFor({ major, ...asked }: ImageWish): ImageRecipe {
  const own = DEBIAN_SUITES[major];
  const suite = asked.suite ?? own ?? 'trixie';
  return { major, suite, packages: asked.packages ?? (own === suite || asked.suite !== undefined ? 'debian' : 'pgdg') };
}

const CONTEXT = fileURLToPath(ownFile('../docker/'));
const FILES = ['Dockerfile', 'health.sh'];

/** Builds the image of a major version on the engine of this machine. */
export async function build(wish: ImageWish, order: ImageOrder): Promise<string> {
  const recipe = recipeFor(wish);
  const whose = recipe.packages === 'pgdg' ? 'packages of postgresql.org' : "Debian's own packages";
  order.onProgress(`Building ${imageName(wish.major)} on Debian ${recipe.suite}, with ${whose}`);
  return buildImage(await connectEngine(order.env), recipe, order);
}

interface BuildMessage {
  readonly stream?: string;
  readonly error?: string;
}

/** Builds the image of a recipe under its usual name, which is returned. Throws `sandbox-failed` with its last lines. */
async function buildImage({ docker }: Engine, recipe: ImageRecipe, order: ImageOrder): Promise<string> {
  const name = imageName(recipe.major);
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(readFileSync(`${CONTEXT}${file}`));
  const last: string[] = [];
  const take = ({ stream = '' }: BuildMessage): void => {
    for (const line of stream.split('\n').filter((text) => text.trim() !== '')) {
      last.push(line);
      if (last.length > 15) last.shift();
      if (line.startsWith('Step ')) order.onProgress(`  ${shortened(line, 100)}`);
    }
  };
  try {
    const stream = await docker.buildImage(
      { context: CONTEXT, src: FILES },
      {
        t: name,
        buildargs: { SUITE: recipe.suite, POSTGRES_MAJOR: String(recipe.major), PACKAGES: recipe.packages },
        labels: { 'org.pgdrill.recipe': hash.digest('hex') },
        abortSignal: order.signal,
        ...(order.network === null ? {} : { networkmode: order.network }),
      },
    );
    const messages = await new Promise<BuildMessage[]>((resolve, reject) => {
      docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)), take);
    });
    const failed = messages.find(({ error }) => error !== undefined);
    if (failed) throw new Error(failed.error);
    return name;
  } catch (error) {
    order.signal.throwIfAborted();
    throw new DrillError('sandbox-failed', `${name} could not be built: ${messageOf(error)}\n${last.join('\n')}`, {
      hint: 'behind a proxy or a firewall, try --network host; other packages: --packages pgdg; another suite: --suite',
      cause: error,
    });
  }
}
