/** A typed emitter whose listeners observe and cannot break what they observe. */

export class Events<Map extends object> {
  readonly #listeners: { [Name in keyof Map]?: Set<(payload: Map[Name]) => void> } = {};

  /** Calls `listener` for each event of that name until disposed. What it throws becomes a process warning. */
  on<Name extends keyof Map>(name: Name, listener: (payload: Map[Name]) => void): Disposable {
    const set = (this.#listeners[name] ??= new Set());
    set.add(listener);
    return { [Symbol.dispose]: () => void set.delete(listener) };
  }

  /** Whether anybody listens: a payload that is costly to make can be left unmade. */
  has(name: keyof Map): boolean {
    return (this.#listeners[name]?.size ?? 0) > 0;
  }

  emit<Name extends keyof Map>(name: Name, payload: Map[Name]): void {
    for (const listener of this.#listeners[name] ?? []) {
      try {
        listener(payload);
      } catch (error) {
        process.emitWarning(`A listener of '${String(name)}' threw: ${String(error)}`, 'LambdaPoolWarning');
      }
    }
  }
}
