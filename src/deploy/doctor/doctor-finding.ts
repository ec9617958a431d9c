/** What a check of the doctor found. */

/** `problem`: something will not work. `warning`: it works, and may not for long. `skipped`: it cannot be told, and why. */
export type CheckStatus = 'ok' | 'warning' | 'problem' | 'skipped';

/** What a check found. */
export interface Finding {
  readonly status: CheckStatus;
  /** What is so, and what to do where it should not be. */
  readonly message: string;
}
