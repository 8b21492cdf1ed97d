// Validates reports as OSCAL against the official JSON schema of assessment results, which NIST publishes with each release
// (https://github.com/usnistgov/OSCAL/releases): node scripts/validate-oscal.ts SCHEMA.json REPORT.json…
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { renderOscal } from '../src/report/oscal.ts';
import { reportSchema } from '../src/report/report.ts';

const [schema = '', ...reports] = process.argv.slice(2);
const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
// Some definitions of the schema state `type` beside `$ref` or in `allOf`, which the strict mode takes for a slip.
const ajv = new Ajv({ allErrors: true, strict: false });
formats.default(ajv);
const isValid = ajv.compile(readJson(schema) as object);
for (const file of reports) {
  const results: unknown = JSON.parse(renderOscal(reportSchema.parse(readJson(file))));
  const ok = isValid(results);
  const said = ok ? 'valid' : ajv.errorsText(isValid.errors, { separator: '\n  ' });
  process.stdout.write(`${file}: ${said}\n`);
  if (!ok) process.exitCode = 1;
}
