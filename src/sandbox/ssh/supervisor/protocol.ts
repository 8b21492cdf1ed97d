/** One kind of frame: its number, and what it says. */
interface FrameKind {
  readonly number: number;
  /** What its payload holds. */
  readonly payload: string;
  readonly means: string;
}

/** What pgdrill says to its supervisor on the server. Here alone the numbers stand: supervisor.pl gets them from here. */
export const TO_SUPERVISOR_FRAMES = {
  exec: {
    number: 1,
    payload: 'words with a NUL between them: `1` if input follows, directory, number of variables, variables, argv',
    means: 'Start a program on a channel that was never used.',
  },
  input: { number: 2, payload: 'bytes', means: 'Standard input for the program of the channel.' },
  endOfInput: { number: 3, payload: 'empty', means: 'No more input comes for the program of the channel.' },
  ping: {
    number: 4,
    payload: 'a number: bytes of the stream from the server that have arrived',
    means: 'Those bytes need not be kept any more; asks for a pong. Only one ping is under way at a time.',
  },
  finish: { number: 5, payload: 'empty', means: 'End all programs, remove everything of the run, tell, and end.' },
  detach: { number: 6, payload: 'empty', means: 'Leave programs and directories, tell, and end.' },
} as const satisfies Record<string, FrameKind>;

/** What the supervisor says. */
export const FROM_SUPERVISOR_FRAMES = {
  output: { number: 1, payload: 'bytes', means: 'What the program of the channel wrote on standard output.' },
  errors: { number: 2, payload: 'bytes', means: 'What it wrote on standard error.' },
  exit: {
    number: 3,
    payload: 'a number: the exit status, 128 and more for a signal',
    means: 'The program has ended, after all of its output. The last word on a channel.',
  },
  pong: {
    number: 4,
    payload: 'a number: bytes of the stream to the server that have arrived',
    means: 'Those bytes need not be kept any more. One for each ping.',
  },
  finished: {
    number: 5,
    payload: 'what could not be done; empty: nothing',
    means: 'The last word of all, after `finish` or `detach`.',
  },
} as const satisfies Record<string, FrameKind>;

/** Type, channel and length of a frame stand before its payload. */
export const HEADER_BYTES = 9;

const KIB = 1024;
const MIB = 1024 * KIB;

/** What each side takes from the other at most. More is a protocol error, and ends the run. */
export const LIMITS = {
  payloadToSupervisorBytes: { value: 4 * MIB, means: 'a payload to the server' },
  payloadFromSupervisorBytes: { value: 64 * KIB, means: 'a payload from the server' },
  programs: { value: 256, means: 'programs at once; more of them are answered with exit status 126' },
  waitingInputBytes: { value: 64 * MIB, means: 'input that a program has not read yet, kept on the server' },
  unsentBytes: {
    value: MIB,
    means: 'bytes from the server that pgdrill has not confirmed; above it no output of programs is read',
  },
  unreadBytes: {
    value: 32 * MIB,
    means: 'output that is here and was not read yet; above it nothing is taken from the connection',
  },
  unconfirmedBytes: {
    value: 8 * MIB,
    means: 'bytes to the server that it has not confirmed; above it no input of programs is taken',
  },
  noiseBytes: { value: 64 * KIB, means: 'what login scripts print before the supervisor answers' },
  loginErrorBytes: { value: MIB, means: 'standard error of the SSH client before the supervisor answers' },
} as const satisfies Record<string, { readonly value: number; readonly means: string }>;

/** How long each side waits for the other at most. */
export const DEADLINES = {
  answerMs: {
    value: 60_000,
    means:
      'until the shell of the server has started perl, until the supervisor answers, and for each pong; 15 s or the grace where that is shorter',
  },
  sweepAnswerMs: { value: 300_000, means: 'until a sweep answers, which ends programs first' },
  silenceMs: { value: 15_000, means: 'without a byte from the server: the connection is given up, and a new one made' },
  impatientMs: { value: 5000, means: 'for a pong, after Ctrl-C' },
  leaveMs: { value: 1000, means: 'for the last word, after the second Ctrl-C' },
  requestMs: { value: 60_000, means: 'for a whole request, on the server' },
} as const satisfies Record<string, { readonly value: number; readonly means: string }>;

/** The numbers of the protocol as Perl reads them; they go before supervisor.pl. */
export function perlConstants(): string {
  const limits = [
    'payloadToSupervisorBytes',
    'payloadFromSupervisorBytes',
    'programs',
    'waitingInputBytes',
    'unsentBytes',
  ] as const;
  const all = [
    ...numbersOf('TO', TO_SUPERVISOR_FRAMES),
    ...numbersOf('FROM', FROM_SUPERVISOR_FRAMES),
    ...limits.map((name) => `MOST_${constantName(name)} => ${LIMITS[name].value}`),
    `REQUEST_SECONDS => ${DEADLINES.requestMs.value / 1000}`,
  ];
  return `use constant { ${all.join(', ')} };\n`;
}

function numbersOf(prefix: string, kinds: Readonly<Record<string, FrameKind>>): string[] {
  return Object.entries(kinds).map(([name, { number }]) => `${prefix}_${constantName(name)} => ${number}`);
}

/** `endOfInput` is `END_OF_INPUT`. */
function constantName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
