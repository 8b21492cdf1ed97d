import { Option, type Command } from '@commander-js/extra-typings';
import { systemClock } from '../../core/clock.ts';
import { newSeed } from '../../core/draw.ts';
import { DrillError } from '../../core/errors.ts';
import { planDrill } from '../../drill/plan-drill.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { ImageMissingError } from '../../sandbox/image-missing.ts';
import { SANDBOX_KINDS, sandboxFor } from '../../sandbox/registry.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import { durationText } from '../../report/document/words.ts';
import type { Done } from './command.ts';

interface ImageBuildOptions {
  readonly major?: string | undefined;
  readonly suite?: string | undefined;
  readonly packages?: 'debian' | 'pgdg' | undefined;
  readonly network?: string | undefined;
}

/** The newest major version that Debian has: for a first look into a repository any will do. */
const ANY_MAJOR = 17;

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .command('build')
    .description('build the image that plans need, or that of a major version')
    .argument('[plan...]', 'plan files, or their names in drills/')
    .option('--major <n>', "the backup's major version of PostgreSQL")
    .option('--suite <name>', 'the suite of Debian, such as trixie')
    .addOption(
      new Option('--packages <whose>', "the suite's own, or those of postgresql.org").choices([
        'debian',
        'pgdg',
      ] as const),
    )
    .option('--network <name>', 'the network of the build, such as host')
    .addHelpText('after', examples('drill image build orders', 'drill image build --major 16 --packages pgdg'))
    .action(async (files, options) => done(await imageBuild(files, options, context)));
}

/** The image of a major version, or those that plans need. Returns the exit status. */
async function imageBuild(files: readonly string[], options: ImageBuildOptions, context: CliContext): Promise<number> {
  if (options.major !== undefined) {
    const major = Number(options.major);
    if (!Number.isInteger(major) || major < 12) {
      throw new DrillError('plan-invalid', `--major: "${options.major}" is no major version of PostgreSQL from 12 on`);
    }
    await build(major, options, context);
    return EXIT.passed;
  }
  if (files.length === 0) {
    throw new DrillError('plan-invalid', 'nothing says which image: name a plan, or a major version with --major');
  }
  const { sandbox } = imageMaker();
  for (const plan of plansFor(files, { sandbox })) await buildFor(plan, options, context);
  return EXIT.passed;
}

/** Looks into the repository of a plan, and builds what is missing for that and for the drill. */
async function buildFor(plan: DrillPlan, options: ImageBuildOptions, context: CliContext): Promise<void> {
  const { redactor, signal, hurry, env } = context;
  for (;;) {
    const services = {
      clock: systemClock,
      redactor,
      sandbox: sandboxFor(plan.sandbox),
      seed: newSeed(),
      signal,
      hurry,
      env,
    };
    try {
      const { sandbox } = await planDrill(plan, services);
      context.stdout(`${plan.name}: ${sandbox.image ?? 'its image'} is there.\n`);
      return;
    } catch (error) {
      if (!(error instanceof ImageMissingError)) throw error;
      await build(error.major ?? ANY_MAJOR, options, context);
    }
  }
}

/** Asks whether a missing image is to be built, and builds it; false: it is still missing. */
export async function offerImage(missing: ImageMissingError, context: CliContext): Promise<boolean> {
  const major = missing.major ?? ANY_MAJOR;
  if (!(await context.confirm(`Build the image for PostgreSQL ${major} now? It takes about a minute.`))) return false;
  await build(major, {}, context);
  return true;
}

/** The kind of sandbox that runs in images. */
function imageMaker() {
  const [maker] = SANDBOX_KINDS.flatMap(([sandbox, { images }]) => (images === null ? [] : [{ sandbox, images }]));
  if (maker) return maker;
  throw new Error('no kind of sandbox runs in images');
}

async function build(major: number, options: ImageBuildOptions, context: CliContext): Promise<void> {
  const startedMs = performance.now();
  const { suite, packages, network = null } = options;
  const { env, signal } = context;
  const onProgress = (text: string): void => context.stderr(`${text}\n`);
  const name = await imageMaker().images.build({ major, suite, packages }, { env, network, signal, onProgress });
  context.stdout(`Built ${name} in ${durationText(Math.round(performance.now() - startedMs))}.\n`);
}
