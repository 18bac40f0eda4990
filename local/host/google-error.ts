/** google.rpc.Code names with the HTTP status of each (googleapis, google/rpc/code.proto). */
const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
} as const;

export type GoogleErrorStatus = keyof typeof HTTP_STATUS;

/** An error of a Google API, which travels as `{error: {code, message, status}}`. */
export class GoogleError extends Error {
  override name = 'GoogleError';
  readonly status: GoogleErrorStatus;

  constructor(status: GoogleErrorStatus, message: string) {
    super(message);
    this.status = status;
  }

  get httpStatus(): number {
    return HTTP_STATUS[this.status];
  }

  toJSON(): object {
    return { error: { code: this.httpStatus, message: this.message, status: this.status } };
  }
}
