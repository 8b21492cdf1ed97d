import type { FaultArea, FaultOwner } from './fault.ts';

/** Area and owner of the fault of each trial that is about how one drill ends. */
export const PLACED_TRIALS: Readonly<Record<FaultArea, Readonly<Partial<Record<FaultOwner, string>>>>> = {
  repository: {
    backup: 'B1 B19 B19b D5 D5b D5c D16',
    nobody: 'B1b B19c B19d C1d C6 C6b C18 D18 D19',
  },
  wal: {
    backup: 'B15 B15b C14 C14b C15c D3 D6 D7 D13 D14 D14b I1j',
    nobody: 'B7 C2 C4 C4d C12 C15 C15b C16 C19',
  },
  timelines: {
    backup: 'B2 B2b B2d B8 B8b B8c B8d B9 B9c B9d B18 C1b D17 D17c D17d',
    nobody: 'B2c B2e B5 B5b B9b B18b C1 C1c C4b C4c D17b',
  },
  configuration: {
    backup: 'B3 I1d',
    person: 'A22 A22b B3c B3e B20b D1 D1b D2 D12 D12b E5c I1 I1b I1c I1e I1f I1g I1h I1i',
    nobody: 'A7b B3b B3d C13 D11 E4 E5b I6',
  },
  host: {
    machine: 'A4c A13 A21 C3 C3b F6 G1 G1b G1c G1d G1e G1f G1g G1h G1i G1j G1k G1l G1m G2b G2c G2d G2e G2f G2g',
    nobody: 'A1 A2 A3 A8 A9 A10 A11 A12 A14 A20 D9 E1 G2',
    drill: 'A4',
  },
  database: {
    backup: 'B4 B4c B10 B10b B10c B10d B11 B14 B16 B17 B20 D4 D15 I10a',
    nobody: 'B4b C3c C3d C5 C5b C5c C7 C7b C7c C8 C9 C10 E2 E3 E3b I10b I10e I10k',
  },
  timing: {
    backup: 'B12',
    machine: 'C17 C17b',
    nobody: 'B6 B13 E6',
  },
  process: {
    machine: 'I11',
    nobody: 'B21 C20 C20b C20c C20d',
  },
};
