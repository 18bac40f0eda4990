/** What an `Idempotency-Key` can be: it travels in a header, and becomes part of a document's id. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The same for people. */
export const IDEMPOTENCY_KEY_RULE = 'must be 1 to 255 visible ASCII characters';
