import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DrillError, messageOf } from '../../core/errors.ts';
import { hostName, loginName, portNumber, publicKey, sshSandbox } from './schema.ts';
import { noteDirectory } from './note-directory.ts';
import { isAlive, ownerOf, ownerSchema, thisProcess } from '../owner.ts';
import { keptSchema } from '../sweeping.ts';

/** How a server that was made for a run is reached. */
export const madeServerSchema = z.object({
  host: hostName,
  user: loginName.nullish(),
  port: portNumber.nullish(),
  hostKey: publicKey.nullish(),
  id: z.union([z.string().min(1), z.int()]).nullish(),
});

export type MadeServer = z.output<typeof madeServerSchema>;

const intentSchema = z.strictObject({
  marker: z.literal('pgdrill-server'),
  runId: z.string(),
  drill: z.string(),
  createdAt: z.string(),
  keeps: keptSchema,
  owner: ownerSchema,
  /** Where pgdrill was started: the words of commands may name files from there. */
  cwd: z.string(),
  /** The plan's sandbox, as it was written. */
  sandbox: z.unknown(),
  /** A directory of this machine that the repository is looked into from, with secrets in it; null: none. */
  look: z.string().nullable(),
  /** The process that makes the server, which goes on when pgdrill is killed; null: none was started. */
  maker: ownerSchema.nullable(),
  /** What create has said of the server that it made; null: nothing yet, or it makes none. */
  made: madeServerSchema.nullable(),
});

type IntentRecord = z.output<typeof intentSchema>;

/**
 * What a run is about to do on or with a server, written down before it is done: a server that somebody made and forgot
 * costs money every hour. It is removed once nothing is left; until then `drill sweep` finds it.
 */
export class Intent {
  readonly #directory: string;
  #record: IntentRecord;
  /** What its file said before, of the data of an earlier run; null: there was none. */
  #before: string | null = null;

  private constructor(directory: string, record: IntentRecord) {
    this.#directory = directory;
    this.#record = record;
  }

  /**
   * Writes down that a run begins. Throws `reports-not-writable` when that cannot be done: then nothing may be made; and
   * `busy` when a run of this machine is at work on the data that this one is to reuse.
   */
  static write(run: Pick<IntentRecord, 'runId' | 'drill' | 'keeps'>, sandbox: unknown): Intent {
    const directory = noteDirectory();
    if (run.keeps === 'data' && Intent.all().some((other) => other.isOfKept(run.drill) && other.ownerIsAlive)) {
      throw new DrillError('busy', `the drill "${run.drill}" is already running`, { hint: 'wait until it has ended' });
    }
    const createdAt = new Date().toISOString();
    const about = { createdAt, owner: thisProcess(), cwd: process.cwd() };
    const record = {
      marker: 'pgdrill-server',
      ...run,
      ...about,
      sandbox,
      look: null,
      maker: null,
      made: null,
    } as const;
    const intent = new Intent(directory, record);
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      chmodSync(directory, 0o700);
      if (existsSync(intent.#file)) intent.#before = readFileSync(intent.#file, 'utf8');
      intent.#save();
    } catch (error) {
      throw new DrillError('reports-not-writable', `${directory} cannot be written to: ${messageOf(error)}`, {
        hint: 'what a run does on a server is written down there first, for drill sweep; nothing was started',
        cause: error,
      });
    }
    return intent;
  }

  /** All intents that are written down. */
  static all(): Intent[] {
    return Intent.#read().flatMap(({ intent }) => intent ?? []);
  }

  /** Files that ought to be intents, and cannot be read as such: of what they spoke nobody knows any more. */
  static unreadable(): string[] {
    return Intent.#read().flatMap(({ file, intent }) => (intent === null ? [file] : []));
  }

  static #read(): { file: string; intent: Intent | null }[] {
    const directory = noteDirectory();
    return namesIn(directory).map((name) => {
      const file = join(directory, name);
      try {
        return { file, intent: new Intent(directory, intentSchema.parse(JSON.parse(readFileSync(file, 'utf8')))) };
      } catch {
        return { file, intent: null };
      }
    });
  }

  get record(): Readonly<IntentRecord> {
    return this.#record;
  }

  /** A name that no other run has, for the server. */
  get name(): string {
    return `pgdrill-${this.#record.runId.toLowerCase()}`;
  }

  /** Whether it speaks of the data that a drill keeps from run to run. */
  isOfKept(drill: string): boolean {
    return this.#record.keeps === 'data' && this.#record.drill === drill;
  }

  /** Nobody is at work any more, and what is left is there to stay. */
  get isAtRest(): boolean {
    return this.#record.owner.startTicks === null;
  }

  /** The run has ended; its data stays for the next one. */
  rest(): void {
    this.#record = { ...this.#record, owner: { ...this.#record.owner, startTicks: null } };
    this.#tidyUp();
    this.#save();
  }

  get ownerIsAlive(): boolean {
    return isAlive(this.#record.owner);
  }

  get plan(): z.output<typeof sshSandbox> {
    return sshSandbox.parse(this.#record.sandbox);
  }

  /** Notes where the repository is looked into from, before anything is written there. */
  noteLook(directory: string): void {
    this.#record = { ...this.#record, look: directory };
    this.#save();
  }

  /** Notes who makes the server. */
  noteMaker(pid: number): void {
    this.#record = { ...this.#record, maker: ownerOf(pid) };
    this.#save();
  }

  /** The process group that still makes the server; null: it has ended. */
  get makerGroup(): number | null {
    const { maker } = this.#record;
    return maker !== null && isAlive(maker) ? maker.pid : null;
  }

  /** Notes what is known of the server that was made. */
  note(made: MadeServer): void {
    this.#record = { ...this.#record, made };
    this.#save();
  }

  /** A file of host keys that belongs to this run alone. */
  get knownHostsFile(): string {
    return join(this.#directory, `${this.#record.runId}.known_hosts`);
  }

  /** Makes a key the only one that is believed of the server of the run. */
  pin(hostKey: string): void {
    writeFileSync(this.knownHostsFile, `${this.name} ${hostKey}\n`, { mode: 0o600 });
  }

  /** The run has made nothing: what was noted before it holds again. */
  withdraw(): void {
    this.#tidyUp();
    if (this.#before === null) rmSync(this.#file, { force: true });
    else this.#write(this.#before);
  }

  /** Nothing is left of the run. */
  fulfil(): void {
    this.#tidyUp();
    rmSync(this.#file, { force: true });
  }

  #tidyUp(): void {
    if (this.#record.look !== null) rmSync(this.#record.look, { recursive: true, force: true });
    for (const file of [this.knownHostsFile, `${this.knownHostsFile}.old`]) rmSync(file, { force: true });
  }

  /** Data that is kept from run to run is one thing, and has one file; data elsewhere has another. */
  get #file(): string {
    const { keeps, drill, runId } = this.#record;
    return join(this.#directory, `${keeps === 'data' ? `kept-${drill}-${this.#place}` : runId}.json`);
  }

  /** Tells the places of data apart, in a few letters. */
  get #place(): string {
    const { host, user, port, scratch } = this.plan;
    return createHash('sha256')
      .update(JSON.stringify([host, user, port, scratch]))
      .digest('hex')
      .slice(0, 8);
  }

  #save(): void {
    this.#write(`${JSON.stringify(this.#record, null, 2)}\n`);
  }

  #write(text: string): void {
    writeFileSync(`${this.#file}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .toSorted();
  } catch {
    return [];
  }
}
