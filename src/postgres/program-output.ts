/**
 * What pg_dump and pg_restore (12 to 18) say that went wrong, line by line, without the lines that may hold rows: those of the detail and
 * the context of an error, and the statement that it is about.
 */
export function saidWithoutData(stderr: string): string {
  return stderr
    .split('\n')
    .flatMap((line) => SAID.exec(line)?.[1] ?? [])
    .join('; ');
}

const SAID =
  /^(?:pg_dump|pg_restore): (?:(?:error|fatal): )?(?!warning: |query was: |hint: |detail: |from TOC entry |while |\[archiver|creating |processing )(.+)$/;
