import { z } from '@hono/zod-openapi';

/** What a person writes about an alert: lines of text, nothing else. */
export const alertText = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed() && text.trim() !== '', 'must be well-formed and not blank')
    .refine(
      (text) => !/\p{Cc}/u.test(text.replaceAll(/[\n\t]/g, '')),
      'no control characters but line breaks and tabs',
    );
