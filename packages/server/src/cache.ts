/** What was fetched, by last use, bounded by weight; what is being fetched is fetched once for all who ask. */

export interface CacheOptions<T> {
  readonly most: number;
  readonly weigh: (value: T) => number;
  /** Absent: all are kept. What is not is asked for again. */
  readonly keeps?: (value: T) => boolean;
  /** Absent: for as long as there is room. */
  readonly keepMs?: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

export interface Cache<T> {
  get(key: string, fetch: () => Promise<T>): Promise<T>;
}

export function createCache<T>({
  most,
  weigh,
  keeps = () => true,
  keepMs = Number.POSITIVE_INFINITY,
  now = Date.now,
}: CacheOptions<T>): Cache<T> {
  const kept = new Map<string, { readonly value: T; readonly weight: number; readonly until: number }>();
  const underWay = new Map<string, Promise<T>>();
  let weight = 0;
  const drop = (key: string): void => {
    weight -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };
  const put = (key: string, value: T): void => {
    drop(key);
    const entry = { value, weight: weigh(value), until: now() + keepMs };
    kept.set(key, entry);
    weight += entry.weight;
    for (const oldest of kept.keys()) {
      if (weight <= most) return;
      drop(oldest);
    }
  };
  return {
    get: (key, fetch) => {
      const known = kept.get(key);
      if (known && known.until > now()) {
        kept.delete(key);
        kept.set(key, known);
        return Promise.resolve(known.value);
      }
      const coming = underWay.get(key);
      if (coming) return coming;
      const fetching = fetch()
        .then((value) => {
          if (keeps(value)) put(key, value);
          return value;
        })
        .finally(() => underWay.delete(key));
      underWay.set(key, fetching);
      return fetching;
    },
  };
}
