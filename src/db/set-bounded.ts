/** Sets a key of a map that is to have so many at most: the oldest give way. */
export function setBounded<Key, Value>(map: Map<Key, Value>, size: number, key: Key, value: Value): void {
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= size) return;
    map.delete(oldest);
  }
}
