import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { writtenKey } from '../evidence/written-key.ts';
import { writtenChannels } from '../notify/channel.ts';

// The directory that a program is started in is nobody's business here.
const directory = z.string().refine(isAbsolute, 'has to be a whole path, such as /var/lib/pgdrill');

/** What a machine says of all its drills. A plan that says something else is heard. */
export const machineSchema = z
  .strictObject({
    reports: directory.optional().describe('where reports are written'),
    scratch: directory.optional().describe('where backups are restored, for drills on this machine'),
    evidence: writtenKey.optional().describe('signs each run, and the ledger of all runs'),
    notify: writtenChannels.default([]).describe('who is told of runs and alarms, beside those of the plan'),
  })
  .meta({ id: 'MachineSettings', title: 'The settings of pgdrill on a machine' });
