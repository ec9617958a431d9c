/** Collects what is wrong with the members of a request, and tells all of it in Lambda's one sentence. Pure. */
import { validationError, violation } from '../api-errors.ts';

export class Constraints {
  readonly #violations: string[] = [];

  required(member: string, value: unknown): void {
    if (value === undefined) {
      this.#violations.push(`Value null at '${member}' failed to satisfy constraint: Member must not be null`);
    }
  }

  /** @param pattern As it stands in the message, without anchors. */
  pattern(member: string, value: string | undefined, pattern: string): void {
    if (value !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) {
      this.broken(member, value, `satisfy regular expression pattern: ${pattern}`);
    }
  }

  maxLength(member: string, value: string | undefined, max: number): void {
    if (value !== undefined && value.length > max) {
      this.broken(member, value, `have length less than or equal to ${max}`);
    }
  }

  range(member: string, value: number | undefined, range: { readonly min: number; readonly max: number }): void {
    if (value === undefined) return;
    if (value < range.min) {
      this.broken(member, String(value), `have value greater than or equal to ${range.min}`);
    }
    if (value > range.max) {
      this.broken(member, String(value), `have value less than or equal to ${range.max}`);
    }
  }

  oneOf(member: string, value: string | undefined, allowed: readonly string[]): void {
    if (value !== undefined && !allowed.includes(value)) {
      this.broken(member, value, `satisfy enum value set: [${allowed.join(', ')}]`);
    }
  }

  /** @param constraint What follows `Member must`. */
  broken(member: string, value: string, constraint: string): void {
    this.#violations.push(violation(value, member, constraint));
  }

  /** A constraint on the keys of a map. */
  brokenKeys(member: string, value: string, constraint: string): void {
    this.#violations.push(
      `Value '${value}' at '${member}' failed to satisfy constraint: Map keys must satisfy constraint: [${constraint}]`,
    );
  }

  /** @throws {ServiceError} ValidationException if anything is wrong. */
  check(): void {
    if (this.#violations.length > 0) throw validationError(this.#violations);
  }
}
