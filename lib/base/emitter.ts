import { type Disposable, toDisposable } from "./disposable";

export type Listener<T> = (value: T) => void;

/** A typed event source. A listener that throws does not keep the others from hearing. */
export interface Emitter<T> {
  on(listener: Listener<T>): Disposable;
  emit(value: T): void;
}

export function createEmitter<T>(onListenerError: (error: unknown) => void = () => {}): Emitter<T> {
  const listeners = new Set<Listener<T>>();
  return {
    on(listener) {
      const entry: Listener<T> = (value) => listener(value);
      listeners.add(entry);
      return toDisposable(() => listeners.delete(entry));
    },
    emit(value) {
      for (const listener of [...listeners]) {
        try {
          listener(value);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
  };
}
