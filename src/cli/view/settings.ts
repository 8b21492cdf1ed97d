import type { MachineSettings } from '../../machine/read-machine.ts';
import { channelWords } from '../../notify/channel.ts';

/** Which file gives which setting of this machine, and who is told. */
export function settingsText({ files, notify }: MachineSettings): string {
  if (files.length === 0) return '';
  return [
    'Settings of this machine:',
    ...files.map(({ path, gives }) => `  ${path}: ${gives.length === 0 ? 'nothing' : gives.join(', ')}`),
    ...notify.map((channel) => `  tells ${channelWords(channel)}`),
    '',
  ].join('\n');
}
