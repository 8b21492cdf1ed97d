import { formatBytes } from '../../core/bytes.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { TableDocument } from '../../extract/document.ts';
import { visible } from '../../report/visible.ts';
import { differencesText } from './differences.ts';
import type { Style } from './style.ts';

/** What was taken out of a copy, for people: the rows and what the trial restore has shown, then what to do with it. */
export function tableDocumentText(found: TableDocument, style: Style): string {
  const document = allVisible(found);
  const lines = [
    ...document.tables.map((table) => tableLine(table, document, style)),
    ...(document.trialFailed === null
      ? []
      : [bad(`the dump could not be restored on trial: ${document.trialFailed}`, style)]),
    ...fileLines(document),
    ...needLines(document, style),
    ...document.notCarried.map((text) => note(text, style)),
    ...intoLines(document, style),
    proofLine(document),
  ];
  const compared = document.differences.map((one) =>
    differencesText(one, { before: 'the copy', after: 'production now' }, style),
  );
  return `${lines.join('\n')}\n${compared.map((text) => `\n${text}`).join('')}`;
}

/** Names and messages may hold any character. */
function allVisible(document: TableDocument): TableDocument {
  const text = JSON.stringify(document);
  return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? visible(value) : value)) as TableDocument;
}

function tableLine(
  { table, partitions, copy, trial }: TableDocument['tables'][number],
  { where }: TableDocument,
  style: Style,
): string {
  const parts = partitions === 0 ? '' : `, ${partitions} partitions`;
  const which = where === null ? '' : ' that --where holds for';
  const about = `${style('bold', table)}  ${copy.rows} rows${which}${parts}, hash ${copy.hash}`;
  if (trial === null) return bad(`${about}: not restored on trial`, style);
  if (trial.rows === copy.rows && trial.hash === copy.hash)
    return `${style('green', '✓')} ${about}: the same after the trial restore`;
  return bad(`${about}: after the trial restore ${trial.rows} rows, hash ${trial.hash}; no file was written`, style);
}

function bad(text: string, style: Style): string {
  return `${style('red', '✗')} ${text}`;
}

function note(text: string, style: Style): string {
  return `${style('yellow', '!')} ${text}`;
}

const PSQL = 'psql -X --single-transaction -v ON_ERROR_STOP=1 --dbname DATABASE --file';
const PG_RESTORE = 'pg_restore --single-transaction --exit-on-error --dbname DATABASE';

function fileLines({ file, needsFile, listFile, standing }: TableDocument): string[] {
  if (file === null) return [];
  const list = listFile === null ? '' : ` --use-list ${shellQuote(listFile)}`;
  const restore = file.format === 'custom' ? `${PG_RESTORE}${list}` : PSQL;
  const first = needsFile === null ? '' : `${PSQL} ${shellQuote(needsFile.path)} && `;
  return [
    `  file      ${file.path}  ${formatBytes(file.bytes)}, SHA-256 ${file.sha256}`,
    ...(standing === 'whole' ? [`  restore   ${first}${restore} ${shellQuote(file.path)}`] : []),
  ];
}

function needLines({ needs, needsFile, listFile, file }: TableDocument, style: Style): string[] {
  const { objects, foreignKeys, partitions, roles, tablespaces } = needs;
  const made = needsFile === null ? '' : `, which ${needsFile.path} makes`;
  const left =
    listFile !== null
      ? 'it is in the dump, and --use-list leaves it out'
      : file === null
        ? 'it was left out of the trial'
        : 'it was left out';
  return [
    ...(objects.length === 0 ? [] : [note(`it needs what is not in it: ${objects.join(', ')}${made}`, style)]),
    ...foreignKeys.map(({ name, of, to }) =>
      note(`the foreign key ${name} of ${of} leads to ${to}: ${left}; name that table as well to have both`, style),
    ),
    ...partitions.map(({ of, to }) =>
      note(
        `${of} is a partition of ${to}: here it is a table of its own, which ALTER TABLE … ATTACH PARTITION puts back`,
        style,
      ),
    ),
    ...(roles.length === 0
      ? []
      : [note(`it names the roles ${roles.join(', ')}: make them, or restore with --no-owner --no-acl`, style)]),
    ...(tablespaces.length === 0
      ? []
      : [
          note(
            `it names the tablespaces ${tablespaces.join(', ')}: make them, or restore with --no-tablespaces`,
            style,
          ),
        ]),
  ];
}

function intoLines({ into }: TableDocument, style: Style): string[] {
  if (into === null) return [];
  const rows = into.tables.map(({ table, rows: count }) => `${table} (${count} rows)`).join(', ');
  return [
    `${style('green', '✓')} into the schema ${into.schema} of --into-dsn: ${rows}, counted and hashed there before the commit`,
    ...into.leftOut.map((text) => note(`left out there: ${text}`, style)),
    ...(into.leftOutFile === null
      ? []
      : [`  left out  ${into.leftOutFile} has it as SQL: read it, and run what you want`]),
  ];
}

function proofLine({ recovery, database }: TableDocument): string {
  const { proof, lastReplayedLsn, timeline } = recovery;
  return `  proof     ${proof ?? 'none'} (LSN ${lastReplayedLsn ?? '?'}, timeline ${timeline ?? '?'}, database ${database})`;
}
