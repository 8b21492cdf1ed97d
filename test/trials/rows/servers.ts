import type { TrialRow } from '../row.ts';

type Words = Omit<TrialRow, 'id' | 'ending'>;

/** The run ends without an answer: the server is to blame. */
const inconclusive = (id: string, words: Words): TrialRow => ({ id, ending: 'inconclusive', ...words });

/** Servers that are reached by SSH and do not do what they should. */
export const serverRows: readonly TrialRow[] = [
  {
    id: 'G1',
    input: 'the server prints other words in the middle of what the supervisor says',
    ending: 'inconclusive',
    code: 'protocol-error',
    says: 'the server sent what is no frame of the supervisor: "fortune: a drill a day keeps',
  },
  inconclusive('G1b', {
    input: 'a frame of an unknown kind',
    code: 'protocol-error',
    says: 'no frame of the supervisor: "\\x00\\x00\\x00\\x14c',
  }),
  inconclusive('G1c', {
    input: 'a frame that promises 4 GB, and zeros without end',
    code: 'protocol-error',
    says: 'no frame of the supervisor: "\\xff\\xff\\xff\\xf0',
  }),
  inconclusive('G1d', {
    input: 'answers to pings without end, that nobody has asked for',
    code: 'protocol-error',
    says: 'a pong that nothing had asked for',
  }),
  inconclusive('G1e', {
    input: 'it confirms bytes that were never sent',
    code: 'protocol-error',
    says: 'a number of bytes that cannot be: "999999999999"',
  }),
  inconclusive('G1f', {
    input: 'a program ends with a status that is no number',
    code: 'protocol-error',
    says: 'an exit status that cannot be: "a status"',
  }),
  inconclusive('G1g', {
    input: 'output of a program that was never started',
    code: 'protocol-error',
    says: 'a program that was never started (77): "of nobody"',
  }),
  inconclusive('G1h', {
    input: 'a program that prints without end where all of it is kept',
    code: 'output-too-large',
    says: 'printed more than',
  }),
  inconclusive('G1i', {
    input: 'a banner without end, before anybody is let in',
    code: 'protocol-error',
    says: 'says more than it may before the supervisor answers: "banner without end',
  }),
  inconclusive('G1j', {
    input: 'login scripts that print without end',
    code: 'protocol-error',
    says: 'prints without end before the supervisor answers: "garbage without end',
  }),
  inconclusive('G1k', {
    input: 'each connection is closed as soon as the supervisor has answered',
    code: 'connection-lost',
    says: 'each connection broke again, or nothing came from it',
  }),
  inconclusive('G1l', {
    input: 'the connection opens, and nothing is ever said',
    code: 'server-unreachable',
    says: 'odd did not let us in by SSH within 15 s',
  }),
  inconclusive('G1m', {
    input: 'the supervisor answers nonsense',
    code: 'protocol-error',
    says: 'answered as no supervisor does: "resume -1 root',
  }),
  {
    id: 'G1n',
    input: 'Ctrl-C while a server says nothing, floods, or answers pings and does nothing else; and a second one',
    ending: null,
    code: null,
    says: 'The first ends the run within about 10 s whatever the server does, and the report says what may be left there; the second at once.',
  },
  {
    id: 'G1o',
    input: 'A hostile server: streams of frames with random changes',
    ending: null,
    code: null,
    says: 'pgdrill ends each with protocol-error or connection-lost, and keeps within its limits.',
  },
  {
    id: 'G1p',
    input: 'A hostile client: streams of frames with random changes to the supervisor',
    ending: null,
    code: null,
    says: 'The supervisor ends, removes everything, and keeps within its limits.',
  },
  {
    id: 'G2',
    input: 'a login shell that prints much, late, with PERL_UNICODE and PERL5OPT set and perl aliased and a function',
    ending: 'passed',
    code: null,
    says: null,
  },
  inconclusive('G2b', {
    input: 'a login script that exits',
    code: 'login-shell-unusable',
    says: 'its login shell ended with exit status 7 before our command ran; the last line that it printed: "no service today"',
  }),
  inconclusive('G2c', {
    input: 'a login script that reads standard input',
    code: 'login-shell-unusable',
    says: 'did not come to our command within 15 s; the last line that it printed: "Which project?"',
  }),
  inconclusive('G2d', {
    input: 'a login script that goes on as another shell',
    code: 'login-shell-unusable',
    says: 'waits for input or starts another shell: let it do so only when standard input is a terminal',
  }),
  inconclusive('G2e', {
    input: 'a server without perl',
    code: 'sandbox-failed',
    says: 'odd has no perl',
  }),
  inconclusive('G2f', {
    input: 'an account without a shell',
    code: 'login-shell-unusable',
    says: 'the last line that it printed: "This account is currently not available."',
  }),
  inconclusive('G2g', {
    input: 'a login script that starts something which prints later, in the middle of the run',
    code: 'protocol-error',
    says: '~/.bashrc',
  }),
  {
    id: 'G3',
    input: 'A server that never lets us in',
    ending: null,
    code: null,
    says: 'Nothing was made: no note, no cleanup-failed, nothing to sweep. What was noted before stays noted.',
  },
  {
    id: 'G3b',
    input: '`drill sweep --forget RUN` for a server that is gone for good',
    ending: null,
    code: null,
    says: 'The run is noted no more, and its server is not asked.',
  },
];
