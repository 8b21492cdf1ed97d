import { z } from 'zod';

export const ms = z.int().nullable().describe('milliseconds; null: not measured');
export const bytes = z.int().nullable().describe('bytes; null: not measured');
export const text = z.string().nullable();
