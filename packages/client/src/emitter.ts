/** Who wants to hear of what, typed by a map of argument lists. */
export class Emitter<M extends { [K in keyof M]: readonly unknown[] }> {
  readonly #listeners: { [K in keyof M]?: Set<(...args: M[K]) => void> } = {};

  on<K extends keyof M>(type: K, listener: (...args: M[K]) => void): () => void {
    const set = this.#listeners[type] ?? new Set<(...args: M[K]) => void>();
    this.#listeners[type] = set;
    set.add(listener);
    return () => void set.delete(listener);
  }

  emit<K extends keyof M>(type: K, ...args: M[K]): void {
    for (const listener of [...(this.#listeners[type] ?? [])]) listener(...args);
  }
}
