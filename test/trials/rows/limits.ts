import type { TrialRow } from '../row.ts';

const claim = (id: string, input: string, says: string): TrialRow => ({ id, input, ending: null, code: null, says });

/** What is large, what is taken away, and what ends a run. */
export const limitsRows: readonly TrialRow[] = [
  claim(
    'C11',
    'the machine kills the program that fetches WAL, or does not let it start',
    'the recovery stops, and the code is one of this machine',
  ),
  claim(
    'F1',
    'an archive of a million segments is listed, and followed from two backup sets at its beginning',
    'less than 150 MB of memory, and each segment is found',
  ),
  claim('F2', '`drill history` over 3,000 runs with long reports', 'less than 200 MB of memory'),
  claim(
    'F3',
    'pgBackRest restores 100,000 files, and prints a line for each',
    'each is counted and kept, but the log is masked and written 500 lines at a time, and progress is told ten times a second',
  ),
  claim(
    'F4',
    'SIGHUP, as when a terminal is closed, while the copy is asked',
    'cancelled, exit status 129, a report, nothing left',
  ),
  claim(
    'F5',
    'the container engine stops answering while the copy is asked, and the deadline of the run passes',
    'inconclusive, `deadline-exceeded`; what could not be removed is named, and `drill sweep` removes it once the engine answers',
  ),
  claim(
    'F5b',
    'the container engine stops answering while the copy is asked, and the user presses Ctrl-C once',
    'cancelled; what could not be removed is named, and nobody has to press it again',
  ),
  {
    id: 'F6',
    input: 'the directory of the run is taken away while the copy is asked',
    ending: 'inconclusive',
    code: 'sandbox-failed',
    says: 'files of the run were removed while it ran',
  },
  {
    id: 'D9',
    input: 'the directory of the reports is replaced by a file while the drill runs',
    ending: 'passed',
    code: 'report-elsewhere',
    says: 'cannot be written to',
  },
  claim(
    'D10',
    'a run that is refused after its sandbox was prepared (`--backup` with a label that is not there)',
    'no folder of it is left, and `drill history` does not list it; the ledger says that it was withdrawn',
  ),
  {
    id: 'D11',
    input: 'a check with `timeout: 60d`, more than a timer can wait',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'D16',
    input: 'a bundle file of the backup is cut in half',
    ending: 'failed',
    code: 'checksum-mismatch',
    says: 'a file of the backup is damaged in the repository',
  },
];
