import { messageOf } from '../../core/errors.ts';
import type { SweepOptions, SweptRun } from '../sandbox.ts';
import { removeContainer } from './container.ts';
import type { Engine } from './engine.ts';
import { readLabels, RUN_LABEL, type RunLabels } from './labels.ts';
import { removeNetwork } from './network.ts';
import { removeVolume } from './volume.ts';

/** Something on the engine that carries our labels. */
interface Piece {
  readonly kind: 'container' | 'network' | 'volume';
  readonly name: string;
  readonly labels: RunLabels;
  remove(): Promise<void>;
}

/** Removes what killed runs left on an engine, run by run; only what carries our labels. */
export async function sweepEngine(engine: Engine, options: SweepOptions): Promise<SweptRun[]> {
  const runs = Map.groupBy(await piecesOn(engine), ({ labels }) => labels.runId);
  const swept: SweptRun[] = [];
  for (const [runId, pieces] of [...runs].toSorted(([a], [b]) => a.localeCompare(b))) {
    if (options.run === null || options.run === runId) swept.push(await sweepRun(runId, pieces, options));
  }
  return swept;
}

async function sweepRun(runId: string, pieces: readonly Piece[], options: SweepOptions): Promise<SweptRun> {
  const drill = pieces[0]?.labels.drill ?? '';
  const about = { runId, drill, path: pieces.map(({ kind, name }) => `${kind} ${name}`).join(', '), message: null };
  const asked = options.kept || options.run !== null;
  const keeps = (what: RunLabels['keeps']): boolean => pieces.some(({ labels }) => labels.keeps === what);
  if (keeps('instance') && !asked) {
    return { ...about, action: 'kept', message: `its instance was kept; end it with: drill sweep --run ${runId}` };
  }
  if (keeps('data') && !asked) return { ...about, action: 'kept', message: 'its data is kept for the next run' };
  // The process that kept an instance or data has ended as it should; any other that lives is at work.
  const atWork = pieces.some(({ labels }) => labels.alive && labels.keeps === 'nothing');
  if (atWork && !keeps('instance')) return { ...about, action: 'running' };
  if (options.dryRun) return { ...about, action: 'removed', message: null };
  try {
    for (const kind of ['container', 'network', 'volume'] as const)
      for (const piece of pieces.filter((item) => item.kind === kind)) await piece.remove();
    return { ...about, action: 'removed' };
  } catch (error) {
    return { ...about, action: 'failed', message: messageOf(error) };
  }
}

async function piecesOn(engine: Engine): Promise<Piece[]> {
  const { docker } = engine;
  const now = new Date();
  const filters = { label: [RUN_LABEL] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const piece = (kind: Piece['kind'], name: string, labels: unknown, remove: () => Promise<void>): Piece[] => {
    const read = readLabels(labels, now);
    return read === null ? [] : [{ kind, name, labels: read, remove }];
  };
  return [
    ...containers.flatMap(({ Id: id, Names: [name = id], Labels: labels }) =>
      piece('container', name.replace(/^\//, ''), labels, () => removeContainer(docker.getContainer(id))),
    ),
    ...networks.flatMap(({ Name: name, Labels: labels }) =>
      piece('network', name, labels, () => removeNetwork(engine, name)),
    ),
    ...(volumes.Volumes ?? []).flatMap(({ Name: name, Labels: labels }) =>
      piece('volume', name, labels, () => removeVolume(engine, name)),
    ),
  ];
}
