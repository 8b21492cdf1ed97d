import { DrillError } from '../../core/errors.ts';
import type { Container, Engine } from './engine.ts';
import { startExec } from './exec.ts';
import { insist } from './insist.ts';
import { VOLUME_DIRECTORY } from './station.ts';

/** Makes a volume; one that is there already, from an earlier run that kept its data, is taken as it is. */
export async function createVolume(
  { docker }: Engine,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await docker.createVolume({ Name: name, Labels: { ...labels } });
}

/** Removes a volume and proves that it is gone; one that is not there is no error. */
export async function removeVolume({ docker }: Engine, name: string): Promise<void> {
  const volume = docker.getVolume(name);
  await insist(() => volume.remove());
  const left = await volume.inspect().then(
    () => true,
    () => false,
  );
  if (left) throw new Error(`the volume ${name} is still there`);
}

/**
 * Makes sure that the user of a container can write to its volume. Images of our making see to that; with any other the
 * engine makes the directory root's, and a helper that may change owners, and nothing else, gives it away.
 */
export async function letWrite(
  engine: Engine,
  container: Container,
  image: string,
  volume: string,
  user: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  if (await mayWrite(container)) return;
  const helper = await engine.docker.createContainer({
    Image: image,
    User: '0:0',
    Entrypoint: [],
    Cmd: ['chown', user, VOLUME_DIRECTORY],
    Labels: { ...labels },
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Mounts: [{ Type: 'volume', Source: volume, Target: VOLUME_DIRECTORY }],
    },
  });
  try {
    await helper.start();
    await helper.wait();
  } finally {
    await helper.remove({ force: true, v: true });
  }
  if (!(await mayWrite(container)))
    throw new DrillError(
      'scratch-not-writable',
      `the user ${user} of the container cannot write to its volume ${volume}`,
    );
}

async function mayWrite(container: Container): Promise<boolean> {
  const exec = await startExec(container, { argv: ['test', '-w', VOLUME_DIRECTORY] });
  exec.stdout.resume();
  exec.stderr.resume();
  return (await exec.exited) === 0;
}
