import type { Host } from '../../host/host.ts';
import { ImageMissingError } from '../image-missing.ts';
import type { Engine } from './engine.ts';

const MAJOR_LABEL = 'org.pgdrill.postgres-major';

/** An image that drills can run in. */
export interface DrillImage {
  readonly name: string;
  readonly id: string;
  /** As its label says; null for an image that is not of our making. */
  readonly major: number | null;
  /** The user that it would run as. */
  readonly user: string;
}

/** The name of the image that `drill image build` makes for a major version. */
export function imageName(major: number): string {
  return `pgdrill:${major}`;
}

/** What an image that was named is, or null when the engine does not have it. */
async function inspectImage({ docker }: Engine, name: string): Promise<DrillImage | null> {
  try {
    const { Id: id, Config: config } = await docker.getImage(name).inspect();
    const label = config.Labels?.[MAJOR_LABEL] ?? '';
    return { name, id, major: /^\d+$/.test(label) ? Number(label) : null, user: config.User };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null;
    throw error;
  }
}

/** The image of our making for a major version, or the newest one when the version is not known yet. Throws {@link ImageMissingError}. */
export async function findImage(engine: Engine, major: number | null): Promise<DrillImage> {
  if (major !== null) {
    const image = await inspectImage(engine, imageName(major));
    if (image) return image;
    throw new ImageMissingError(major);
  }
  const newest = (await listImages(engine))[0];
  if (!newest) throw new ImageMissingError(null);
  return newest;
}

/** The image to begin with: what the plan names, though it may be pulled only when its container is made, or the newest. */
export async function firstImage(engine: Engine, name: string | undefined): Promise<DrillImage> {
  if (name === undefined) return findImage(engine, null);
  return (await inspectImage(engine, name)) ?? { name, id: '', major: null, user: '' };
}

/** The images of our making on an engine, the newest PostgreSQL first. */
export async function listImages(engine: Engine): Promise<DrillImage[]> {
  const listed = await engine.docker.listImages({ filters: { label: ['org.pgdrill.image=drill'] } });
  const majors = listed.flatMap(({ RepoTags: tags }) =>
    (tags ?? []).flatMap((tag) => /^pgdrill:(\d+)$/.exec(tag)?.[1] ?? []),
  );
  const images = await Promise.all(
    [...new Set(majors.map(Number))].toSorted((a, b) => b - a).map((major) => inspectImage(engine, imageName(major))),
  );
  return images.filter((image) => image !== null);
}

/** The major versions of PostgreSQL in an image that does not say. */
export async function majorsIn(host: Host): Promise<number[]> {
  const script =
    'for p in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin /usr/local/bin /usr/bin; do [ ! -x "$p/postgres" ] || "$p/postgres" --version; done';
  const { stdout } = await host.run(['sh', '-c', script]);
  return [...stdout.matchAll(/\(PostgreSQL\) (\d+)/g)].map(([, major]) => Number(major));
}
