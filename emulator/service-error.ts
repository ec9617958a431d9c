/** Errors as Lambda's API answers them. They never leave the emulator but through a door that translates them. */

export class ServiceError extends Error {
  readonly status: number;
  /** Key of the text in the body: AWS writes it in capitals for some errors. */
  readonly messageKey: 'message' | 'Message';
  /** Body keys besides the message: `Type`, `Reason`. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    /** The code in `x-amzn-ErrorType`. */
    name: string,
    message: string,
    options: {
      readonly status: number;
      readonly messageKey?: 'message' | 'Message';
      readonly extra?: Readonly<Record<string, unknown>>;
    },
  ) {
    super(message);
    this.name = name;
    this.status = options.status;
    this.messageKey = options.messageKey ?? 'message';
    this.extra = options.extra ?? {};
  }
}
