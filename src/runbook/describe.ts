import { shellJoin } from '../core/shell-quote.ts';
import { paragraph, type Block, type Inline, type Section, type Words } from '../report/document/blocks.ts';
import { shortTargetWords } from '../report/document/target.ts';
import { durationText, minuteText, rateText, sizeText } from '../report/document/words.ts';
import { isAhead, rtoOfAheadText } from '../report/document/wal-fetch.ts';
import type { DrillReport } from '../report/report.ts';
import { productionCommand, restoreCommand } from './commands.ts';
import { PROCEDURES, type ProcedureName } from './procedures.ts';
import type { RunbookInput } from './runbook.ts';

/** A runbook as a text, for every format. */
export interface RunbookDocument {
  readonly title: string;
  readonly lead: readonly Block[];
  readonly sections: readonly Section[];
}

/** Puts what was proven into the order in which somebody needs it at three in the morning. */
export function describeRunbook(input: RunbookInput): RunbookDocument {
  const names = Object.keys(PROCEDURES) as ProcedureName[];
  return {
    title: `Disaster recovery of ${input.drill}`,
    lead: [...warning(input), overview(names, input)],
    sections: [
      decision(),
      people(input),
      ...names.map((name) => procedure(name, input)),
      afterwards(input),
      limits(names, input),
    ],
  };
}

const BLANK = '……………………';

/** A failure that is newer than the proofs comes before all else. */
function warning({ failedSince }: RunbookInput): Block[] {
  if (failedSince === null) return [];
  const mark: Inline = { tone: 'bad', mark: 'THE LAST DRILL FAILED' };
  const what = ` (${minuteText(failedSince.startedAt)}, run `;
  return [
    paragraph([
      mark,
      what,
      { code: failedSince.runId },
      '). What is proven below was proven before that: expect trouble.',
    ]),
  ];
}

function overview(names: readonly ProcedureName[], { proven }: RunbookInput): Block {
  return {
    kind: 'table',
    head: ['Procedure', 'Last proven', 'From', 'Took'],
    rows: names.map((name) => {
      const report = proven[name];
      if (!report) return [PROCEDURES[name].title, { tone: 'bad', mark: 'NOT PROVEN' }, '', ''];
      return [
        PROCEDURES[name].title,
        { tone: 'good', mark: minuteText(report.startedAt) },
        copyText(report),
        `${durationText(report.rto.measuredMs)}${isAhead(report) ? ', WAL ahead' : ''}`,
      ];
    }),
  };
}

function copyText({ source }: DrillReport): string {
  return source.repo ? `repository ${source.repo.key}` : '';
}

function to(name: ProcedureName): Inline {
  return { strong: PROCEDURES[name].title };
}

function decision(): Section {
  return {
    title: 'Which way out',
    blocks: [
      {
        kind: 'list',
        items: [
          [
            'Does the primary run, and is its data right? Then nothing is to be restored. A lost standby: ',
            to('standby'),
            '.',
          ],
          [
            'Is its data damaged (a wrong DELETE, a bad release)? Stop what writes to it first. A part of it: ',
            to('singleTable'),
            '. All of it: ',
            to('pointInTime'),
            '. Standbys have the same damage.',
          ],
          [
            'Is the primary lost, and is a standby healthy? Promote the standby. That is faster than any restore, and loses less.',
          ],
          ['Is the cluster lost, with all its standbys? ', to('latest'), '.'],
          'Nothing is certain? Copy what is left of the data directory and of pg_wal before you write to it.',
        ],
      },
    ],
  };
}

const ROLES = ['Leads, and decides', 'Restores the database', 'Talks to users and management', 'Owns the application'];

function people({ roles, inform }: RunbookInput): Section {
  const given = Object.entries(roles);
  const rows = given.length > 0 ? given : ROLES.map((role) => [role, BLANK] as const);
  return {
    title: 'Who',
    blocks: [
      { kind: 'facts', rows: [...rows, ['Informed', inform ?? `every 30 minutes, where: ${BLANK}`]] },
      paragraph(
        'Write down what you do and when. The time from the alarm to the decision is a part of the outage, and no drill measures it.',
      ),
    ],
  };
}

function procedure(name: ProcedureName, input: RunbookInput): Section {
  const { title, when, drillWith } = PROCEDURES[name];
  const report = input.proven[name];
  const again = shellJoin(['drill', 'run', input.plan, ...drillWith]);
  if (!report) {
    return {
      title,
      blocks: [
        paragraph(when),
        paragraph([
          { tone: 'bad', mark: `No run of the drill ${input.drill} has shown that this works.` },
          ' Drill it before you need it: ',
          { code: again },
        ]),
      ],
    };
  }
  return {
    title,
    blocks: [
      paragraph(when),
      paragraph(provenWords(report)),
      ...(name === 'singleTable' ? tableSteps(input) : restoreSteps(name, report, input)),
      {
        kind: 'folded',
        title: 'What was different in the drill',
        blocks: [{ kind: 'list', items: differences(report) }],
      },
    ],
  };
}

function provenWords(report: DrillReport): Inline[] {
  const { rto, restore, runId, startedAt } = report;
  const mark: Inline = { tone: 'good', mark: `Proven on ${minuteText(startedAt)}` };
  const from = ` from ${copyText(report)}, run `;
  const speed = restore ? ` (${sizeText(restore.bytesTotal)}, restored at ${rateText(restore.bytesPerSecond)})` : '';
  return [mark, from, { code: runId }, `. It took ${durationText(rto.measuredMs)}${speed}.`, ...aheadWords(report)];
}

/** The commands below do not have the time of such a run. */
function aheadWords(report: DrillReport): Inline[] {
  if (!isAhead(report)) return [];
  return [
    ` That was ${rtoOfAheadText(report)}: the commands below may take longer, and `,
    { code: 'drill recover-script' },
    ' prints those that do the same.',
  ];
}

function restoreSteps(name: ProcedureName, report: DrillReport, input: RunbookInput): Block[] {
  return [
    paragraph('Run pgbackrest as the user who owns the data. Each tablespace directory has to be empty as well.'),
    { kind: 'listing', language: 'sh', text: restoreCommand(name, report, input.production) },
    ...(name === 'standby' ? standbyEnd() : primaryEnd()),
  ];
}

function primaryEnd(): Block[] {
  return [
    paragraph(
      'Wait until the server is out of recovery: it accepts connections before that. The answer has to begin with f.',
    ),
    {
      kind: 'listing',
      language: 'sh',
      text: "psql -XAtc 'select pg_is_in_recovery(), pg_last_wal_replay_lsn()' postgres",
    },
  ];
}

function standbyEnd(): Block[] {
  return [
    paragraph(
      'It fetches WAL from the repository. To let it stream, set primary_conninfo before it is started, and then look whether it does:',
    ),
    {
      kind: 'listing',
      language: 'sh',
      text: "psql -XAtc 'select status, sender_host from pg_stat_wal_receiver' postgres",
    },
  ];
}

/** The drill itself is the tool: its copy stays up, and is cut off from production. */
function tableSteps({ plan }: RunbookInput): Block[] {
  return [
    paragraph('Recover a copy beside production, which goes on. Keep the copy, and take the tables from it:'),
    {
      kind: 'listing',
      language: 'sh',
      text: [
        `drill run ${shellJoin([plan])} --target-time 'YYYY-MM-DD HH:MM:SS+00' --keep`,
        '# It says how to connect (-h and -p), and how to end it.',
        'pg_dump -h SOCKETS -p PORT -Fc -t SCHEMA.TABLE DATABASE >table.dump',
        '# Beside the damaged table, never over it: restore into a database of its own, and compare first.',
        'createdb rescue && pg_restore -d rescue table.dump',
      ].join('\n'),
    },
  ];
}

function differences({ sandbox, restore, source, target, commands }: DrillReport): Words[] {
  const host = sandbox.host ? `${sandbox.host.hostname}, ${sandbox.host.cpus} processors` : 'another machine';
  const set = source.backup ? `the backup set ${source.backup.label}` : 'a backup set that was named';
  return [
    ['It recovered to ', ...shortTargetWords(target), '.'],
    `It ran on ${host} (${sandbox.kind}), in a directory of its own, behind a fence; production's machine may be faster or slower.`,
    `It restored ${set} by name, and mapped every tablespace into its directory; a real restore takes the newest set that leads to the target.`,
    'It archived nothing and was cut off. A real restore begins a new timeline and archives again at once.',
    ...(restore?.start === 'delta'
      ? ['It reused files of an earlier run, so the times are those of a delta restore.']
      : []),
    ...(commands.length === 0 ? ['The commands of the run are not on record.'] : []),
  ];
}

function afterwards({ stanza, plan, production }: RunbookInput): Section {
  return {
    title: 'Afterwards',
    blocks: [
      {
        kind: 'list',
        items: [
          ['Check that production archives again: ', { code: productionCommand(stanza, production, ['check']) }],
          [
            'Take a full backup: the old ones lead to the old timeline. ',
            { code: productionCommand(stanza, production, ['--type=full', 'backup']) },
          ],
          'Build every standby again: those of the old timeline do not follow.',
          ['Drill the new backup: ', { code: shellJoin(['drill', 'run', plan]) }],
          'Write down when it began, when it was noticed, decided and over, and what to do better.',
        ],
      },
    ],
  };
}

/** What the drills behind it leave open, each sentence once. */
function limits(names: readonly ProcedureName[], { proven }: RunbookInput): Section {
  const sentences = names.flatMap((name) => proven[name]?.doesNotProve ?? []);
  const own =
    'The commands above are those of the drills with the paths of production. Nobody has run them on production.';
  return { title: 'What is not proven', blocks: [{ kind: 'list', items: [own, ...new Set(sentences)] }] };
}
