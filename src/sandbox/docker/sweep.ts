import { asDrillError } from '../../core/errors.ts';
import type { Looked, SweepPlace } from '../kind.ts';
import type { SweepOptions, SweptRun } from '../sandbox.ts';
import { sweepLeftover, type Leftover } from '../sweeping.ts';
import { removeContainer } from './container.ts';
import { connectEngine, type Engine } from './engine.ts';
import { readLabels, RUN_LABEL, type RunLabels } from './marker.ts';
import { removeNetwork } from './network.ts';
import { removeVolume } from './volume.ts';

/** Something on the engine that carries our labels. */
interface Piece {
  readonly kind: 'container' | 'network' | 'volume';
  readonly name: string;
  readonly labels: RunLabels;
  remove(): Promise<void>;
}

/** Looks at the engine; that there is none is no fault unless it was asked for. */
export async function sweep(options: SweepOptions, { asked }: SweepPlace): Promise<Looked | null> {
  try {
    return { where: 'the container engine', swept: await sweepEngine(await connectEngine(), options) };
  } catch (error) {
    if (!asked && asDrillError(error)?.code === 'engine-unreachable') return null;
    throw error;
  }
}

/** Run by run; only what carries our labels. */
async function sweepEngine(engine: Engine, options: SweepOptions): Promise<SweptRun[]> {
  const runs = Map.groupBy(await piecesOn(engine), ({ labels }) => labels.runId);
  const swept: SweptRun[] = [];
  for (const [runId, pieces] of [...runs].toSorted(([a], [b]) => a.localeCompare(b))) {
    if (options.run !== null && options.run !== runId) continue;
    swept.push(await sweepLeftover(leftOf(runId, pieces), options));
  }
  return swept;
}

function leftOf(runId: string, pieces: readonly Piece[]): Leftover {
  const keeps = (['instance', 'data'] as const).find((what) => pieces.some(({ labels }) => labels.keeps === what));
  return {
    runId,
    drill: pieces[0]?.labels.drill ?? '',
    path: pieces.map(({ kind, name }) => `${kind} ${name}`).join(', '),
    keeps: keeps ?? 'nothing',
    // The process that kept an instance or data has ended as it should; any other that lives is at work.
    isAtWork: keeps !== 'instance' && pieces.some(({ labels }) => labels.alive && labels.keeps === 'nothing'),
    isAtRest: true,
    sweepWords: [],
    remove: () => removeAll(pieces),
  };
}

async function removeAll(pieces: readonly Piece[]): Promise<void> {
  for (const kind of ['container', 'network', 'volume'] as const)
    for (const piece of pieces.filter((item) => item.kind === kind)) await piece.remove();
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
