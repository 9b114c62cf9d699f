import { z } from 'zod';

/** A label set on the wire. */
export const labelRecord = z.record(z.string(), z.string());
export type LabelRecord = z.infer<typeof labelRecord>;
