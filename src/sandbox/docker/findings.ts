import { asDrillError, messageOf } from '../../core/errors.ts';
import type { Finding, ThisMachine } from '../findings.ts';
import { connectEngine, type Engine } from './engine.ts';
import { listImages } from './images.ts';

/** What a drill in a container needs of this machine. */
export async function findings({ runtime, configuration, backups, env }: ThisMachine): Promise<Finding[]> {
  return [runtime, configuration, ...(await backups), ...(await engineFindings(env))];
}

/** An engine that answers this user, and an image. */
async function engineFindings(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  try {
    const engine = await connectEngine(env);
    return [{ what: 'container engine', ok: true, detail: engine.description, fix: null }, await imageFinding(engine)];
  } catch (error) {
    const fix = asDrillError(error)?.hint ?? 'look at the log of the engine';
    return [{ what: 'container engine', ok: false, detail: messageOf(error), fix }];
  }
}

async function imageFinding(engine: Engine): Promise<Finding> {
  const names = (await listImages(engine)).map(({ name }) => name);
  const what = 'images for drills';
  if (names.length > 0)
    return { what, ok: true, detail: `${names.join(', ')} (a backup needs its own major version)`, fix: null };
  return {
    what,
    ok: false,
    detail: 'none',
    fix: "build one for the backup's major version: drill image build --major 17",
  };
}
