/** What may take for ever is given up after a time, and whenever it is no longer wanted. */

/**
 * Runs it with a signal that tells when to stop; rejects then, whether it listens or not.
 * @throws DOMException TimeoutError, or the reason of `signal`.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop.abort(new DOMException('It took too long.', 'TimeoutError')), ms);
  try {
    return await new Promise<T>((resolve, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true });
      run(stop.signal).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
