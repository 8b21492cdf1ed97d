import { z } from 'zod';
import { planSchema } from '../../plan/schema.ts';

/** The JSON schema of a plan as people write it, from which editors complete. Draft 7, the newest that they all read. */
export function planJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(planSchema, { io: 'input', target: 'draft-7' }), null, 2)}\n`;
}
