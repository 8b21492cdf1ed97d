import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { currentUser } from '../../host/run-user.ts';
import { found, lacking, look, thisHost, type Finding, type ThisMachine } from '../findings.ts';
import { noteDirectory } from './note-directory.ts';

/** What a drill on a server needs of this machine; what the server lacks is installed there. */
export async function findings(machine: ThisMachine): Promise<Finding[]> {
  const [ssh, pgbackrest, backups] = await Promise.all([sshFinding(), machine.pgbackrest(), machine.backups]);
  return [machine.runtime, ssh, machine.configuration, pgbackrest, ...backups, notesFinding(noteDirectory())];
}

/** The client of OpenSSH. */
function sshFinding(): Promise<Finding> {
  const what = 'SSH client';
  const fix = 'install it (Debian, Ubuntu: apt-get install openssh-client)';
  return look(what, fix, async () => {
    const { stderr } = await thisHost(currentUser()).run(['ssh', '-V']);
    return stderr.startsWith('OpenSSH') ? found(what, stderr.trim()) : lacking(what, stderr.trim(), fix);
  });
}

/** Where runs write down what they do on servers. */
function notesFinding(directory: string): Finding {
  const what = 'notes on servers';
  const fix = 'let this user write there, or set XDG_STATE_HOME';
  for (let path = directory; ; path = dirname(path)) {
    if (!existsSync(path)) continue;
    try {
      accessSync(path, constants.W_OK | constants.X_OK);
      return found(what, path === directory ? directory : `${directory} can be made`);
    } catch (error) {
      return lacking(what, messageOf(error), fix);
    }
  }
}
