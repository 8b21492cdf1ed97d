import { readFileSync, writeFileSync } from 'node:fs';
import { inject } from 'vitest';
import { damagedWorkspace, drill, startDrill, workspace, type Workspace } from '../fixtures/drill.ts';
import { trial } from './trial.ts';

/** A workspace whose configuration has been rewritten. */
function configured(rewrite: (text: string, place: Workspace) => string): Workspace {
  const place = damagedWorkspace();
  writeFileSync(place.config, rewrite(readFileSync(place.config, 'utf8'), place));
  return place;
}

const behind = (section: string, lines: string) => (text: string) =>
  text.replace(`${section}\n`, `${section}\n${lines}\n`);

trial('B3', () =>
  drill(configured(behind('[global]', 'backup-host=127.0.0.1\nbackup-user=nobody\nbackup-ssh-port=1'))),
);

trial('B3b', () =>
  drill(
    configured((text, { root }) =>
      text
        .replace('repo1-retention-full', 'retention-full')
        .replaceAll('repo1-', 'repo-')
        .replace('[shop]\n', `[shop]\ndb-path=${root}/old-production\n`),
    ),
  ),
);

trial('B3c', () => drill(configured(behind('[global]', 'repo1-pth=/elsewhere'))));

trial('B3d', () => {
  const place = configured((text) => text.replaceAll(/^repo1-.*\n/gm, ''));
  const { passphrase } = inject('golden');
  return startDrill(place, [], {
    PGBACKREST_REPO_PATH: place.repo,
    PGBACKREST_REPO_CIPHER_TYPE: 'aes-256-cbc',
    PGBACKREST_REPO_CIPHER_PASS: passphrase,
  }).finished;
});

trial('B3e', () => drill(configured(behind('[global]', 'repo1-host=backup.example\nbackup-host=other.example'))));

trial('D1', () => drill(configured((text) => text.replace(/^\[global\]\nrepo1-path=.*$/m, '$&   # where it all is'))));

trial('D1b', () => drill(configured((text) => text.replace('aes-256-cbc', 'aes256'))));

trial('D2', () => drill(workspace(), '--repo', '9'));
