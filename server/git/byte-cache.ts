/**
 * What was read lately, up to a limit of bytes. Two generations in place of an order of use: what is asked for again moves to
 * the young one, and when that is full the old one goes as a whole, so that a hit costs one look-up.
 */
export interface ByteCache<Key, Value> {
  find(key: Key): Value | undefined;
  /** `sizeBytes` is what the value holds; one of more than a sixteenth of the limit is not kept. */
  keep(key: Key, value: Value, sizeBytes: number): void;
}

export function createByteCache<Key, Value>(limitBytes: number): ByteCache<Key, Value> {
  let young = new Map<Key, { value: Value; sizeBytes: number }>();
  let old: typeof young = new Map();
  let youngBytes = 0;
  const add = (key: Key, entry: { value: Value; sizeBytes: number }): void => {
    if (youngBytes + entry.sizeBytes > limitBytes / 2) {
      old = young;
      young = new Map();
      youngBytes = 0;
    }
    young.set(key, entry);
    youngBytes += entry.sizeBytes;
  };
  return {
    find(key) {
      const found = young.get(key);
      if (found) return found.value;
      const aged = old.get(key);
      if (!aged) return undefined;
      old.delete(key);
      add(key, aged);
      return aged.value;
    },
    keep(key, value, sizeBytes) {
      if (sizeBytes > limitBytes / 16 || young.has(key)) return;
      add(key, { value, sizeBytes });
    },
  };
}
