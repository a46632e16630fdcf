/** A chunk of its own, by this import of both: the estimator and the lists it looks into. */
import { type Estimator, estimatorBounds } from '@kith/protocol/passwords';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** The same lists and bounds as the server's, so that the meter and its verdict agree. */
export const createEstimator = (): Estimator =>
  new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, ...estimatorBounds });
