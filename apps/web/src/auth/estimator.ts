/** What knows the passwords that are tried first: two hundred kilobytes that only somebody who chooses one needs. */
import type { Estimator } from '@kith/protocol/passwords';

let loading: Promise<Estimator> | undefined;

/** Rejects when the chunk cannot be fetched; the next call tries again. */
export function loadEstimator(): Promise<Estimator> {
  loading ??= import('./zxcvbn.ts').then(
    ({ createEstimator }) => createEstimator(),
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
