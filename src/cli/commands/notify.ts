import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { DrillError } from '../../core/errors.ts';
import { readMachine } from '../../machine/read-machine.ts';
import { channelPlace, togetherNamed, type Channel } from '../../notify/channel.ts';
import { testMessage } from '../../notify/messages/other.ts';
import { deliver, send } from '../../notify/send.ts';
import type { CliContext } from '../context.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { sendServices } from '../notify/services.ts';
import { plansFor } from '../plans/load-plans.ts';
import { notificationLines } from '../view/notifications.ts';
import { tableWithin } from '../view/table.ts';
import type { Done } from './command.ts';

const PLANS = 'plan files, or their names in drills/; without any, the channels of this machine';

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .command('test')
    .description('send a test message on each channel, and show what was answered')
    .argument('[plan...]', PLANS)
    .addHelpText('after', examples('drill notify test', 'drill notify test orders'))
    .action(async (plans) => done(await test(plans, context)));
  command
    .command('send')
    .description('send what could not be delivered')
    .argument('[plan...]', PLANS)
    .addHelpText('after', examples('drill notify send', 'drill notify send orders'))
    .action(async (plans) => done(await sendKept(plans, context)));
}

/** Who is told of what, and where that lies which could not be delivered. */
interface Told {
  readonly about: string;
  readonly channels: readonly Channel[];
  readonly reports: string;
}

const TITLES = ['CHANNEL', 'GOES TO', 'ANSWER'] as const;

/** Returns the exit status: 1 where a channel did not take it. */
async function test(files: readonly string[], context: CliContext): Promise<number> {
  const told = toldBy(files, context);
  const about = told.map((one) => one.about).join(', ');
  const channels = togetherNamed(told.flatMap((one) => one.channels));
  const message = testMessage({ id: randomUUID(), drill: about, at: new Date(), host: hostname() });
  const results = await Promise.all(
    channels.map(async (channel) => ({ channel, ...(await deliver(message, channel, sendServices(context))) })),
  );
  const { stdout, stdoutStyle: style, stdoutColumns, redactor } = context;
  const rows = results.map(({ channel, sent, answer }) => [
    `${sent ? style('green', '✓') : style('red', '✗')} ${channel.name}`,
    channelPlace(channel),
    answer,
  ]);
  const head = TITLES.map((title) => style('dim', title));
  stdout(redactor.text(tableWithin([head, ...rows], TITLES, ['GOES TO'], stdoutColumns())));
  return results.every(({ sent }) => sent) ? EXIT.passed : EXIT.failed;
}

/** Returns the exit status: 1 where something is left. */
async function sendKept(files: readonly string[], context: CliContext): Promise<number> {
  const { stdout, stdoutStyle, redactor } = context;
  const all: Awaited<ReturnType<typeof send>> = [];
  for (const { channels, reports } of toldBy(files, context)) {
    all.push(...(await send({ message: null, to: [], channels, reports }, sendServices(context))));
  }
  const lines = notificationLines(all, stdoutStyle, false, context.stdoutColumns());
  stdout(
    lines.length === 0 ? 'There is nothing to be sent.\n' : redactor.text(lines.map((line) => `${line}\n`).join('')),
  );
  return all.every(({ sent }) => sent) ? EXIT.passed : EXIT.failed;
}

function toldBy(files: readonly string[], { env }: CliContext): Told[] {
  const told = files.length === 0 ? [ofMachine(env)] : ofPlans(files, env);
  if (told.some(({ channels }) => channels.length > 0)) return told;
  throw new DrillError(
    'not-found',
    `${files.length === 0 ? 'the settings of this machine name' : 'the plan names'} no channel`,
    {
      hint:
        files.length === 0 ? 'name a plan, or put notify: into /etc/pgdrill/pgdrill.yaml' : 'put notify: into the plan',
    },
  );
}

function ofMachine(env: NodeJS.ProcessEnv): Told {
  const { notify, reports } = readMachine(env);
  return { about: 'this machine', channels: togetherNamed(notify), reports: reports ?? resolve('reports') };
}

/** A drill that goes to several repositories is told of on one set of channels. */
function ofPlans(files: readonly string[], env: NodeJS.ProcessEnv): Told[] {
  const plans = new Map(plansFor(files, {}, [], env).map((plan) => [plan.name, plan]));
  return [...plans.values()].map(({ name, notify, reports }) => ({ about: name, channels: notify, reports }));
}
