/**
 * One attempt to bring a file to the server, by tus: asks how far it has come, and goes on from there. Loaded with the first file.
 * What failed is said as one of the errors of the table; trying again is the caller's.
 */
import type { WireError } from '@kith/protocol';
import { type ErrorCode, errorCodes, errors, KithError } from '@kith/protocol/errors';
import { DetailedError, Upload } from 'tus-js-client';

export interface TransferRequest {
  /** Of the service. */
  readonly url: string;
  readonly token: string | undefined;
  readonly fileId: string;
  readonly data: Blob;
  readonly mime: string;
  readonly conversationId: string;
  /** Never tried before: no need to ask how far it has come. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
  /** Bytes that have left, the acknowledged ones and a little more. */
  readonly progress: (sent: number) => void;
}

/** What brings files to the server. */
export interface Transport {
  /** Resolves when the server has all of it. @throws KithError; whatever was thrown by `signal`. */
  bring(request: TransferRequest): Promise<void>;
  /** The server need not keep what it has of it. @throws when it could not be told. */
  cancel(request: Pick<TransferRequest, 'url' | 'token' | 'fileId'>): Promise<void>;
}

/**
 * Bytes in one request. A line that drops costs what a proxy on the way had gathered of one, and no proxy takes what is too large;
 * each costs one more round trip, which is nothing beside its bytes.
 */
const CHUNK_BYTES = 8 * 1024 * 1024;
/** A proxy takes less: half of it each time, down to this. */
const LEAST_CHUNK_BYTES = 256 * 1024;

/** What proxies take, learnt for all files. */
let chunkSize = CHUNK_BYTES;

const addressOf = ({ url }: Pick<TransferRequest, 'url'>): string => new URL('/v1/uploads', url).href;
const headersOf = ({ token }: Pick<TransferRequest, 'token'>): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

const bring: Transport['bring'] = (request) =>
  new Promise((resolve, reject) => {
    const { fileId, data, signal } = request;
    const endpoint = addressOf(request);
    const upload = new Upload(data, {
      endpoint,
      uploadUrl: request.fresh ? null : `${endpoint}/${fileId}`,
      uploadDataDuringCreation: true,
      metadata: { id: fileId, filetype: request.mime, conversationId: request.conversationId },
      headers: headersOf(request),
      chunkSize,
      // Whoever called sees to it: with the network's state, in turn with others.
      retryDelays: null,
      storeFingerprintForResuming: false,
      fileReader: { openFile: async (file: Blob) => sourceOf(file) },
      onProgress: (sent) => request.progress(sent),
      onSuccess: () => end(resolve),
      onError: (error) => end(() => reject(failureOf(error))),
    });
    const abort = (): void => {
      void upload.abort();
      end(() => reject(signal.reason));
    };
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', abort);
      settle();
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    upload.start();
  });

export const tus: Transport = {
  bring,
  cancel: async (request) => {
    try {
      await Upload.terminate(`${addressOf(request)}/${request.fileId}`, {
        headers: headersOf(request),
        retryDelays: null,
      });
    } catch (cause) {
      // It has nothing of it: never begun, gone already, or part of a message that was sent after all.
      if (cause instanceof DetailedError && cause.originalResponse?.getStatus() === 404) return;
      throw cause;
    }
  },
};

/** A browser sends a piece of a file from the disk; Node's requests want its bytes. */
function sourceOf(file: Blob) {
  const inBrowser = typeof XMLHttpRequest !== 'undefined';
  return {
    size: file.size,
    slice: async (start: number, end: number) => {
      const piece = file.slice(start, end);
      const bytes = inBrowser ? piece : new Uint8Array(await piece.arrayBuffer());
      return { value: Object.assign(bytes, inBrowser ? {} : { size: piece.size }), done: end >= file.size };
    },
    close: () => undefined,
  };
}

function failureOf(error: Error): KithError {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response)
    return new KithError('unavailable', { message: 'The server cannot be reached.', cause: error });
  const status = response.getStatus();
  const wire = wireOf(response.getBody());
  if (wire) return KithError.fromWire(wire);
  if (status === 413 && chunkSize > LEAST_CHUNK_BYTES) {
    chunkSize = Math.max(LEAST_CHUNK_BYTES, chunkSize / 2);
    return new KithError('unavailable', { message: 'A proxy takes smaller pieces only.', cause: error });
  }
  // Another request of ours is still under way there, or the server knows of other bytes than we thought: it is asked anew.
  if (status === 409 || status === 423) return new KithError('not_ready', { cause: error });
  const code = errorCodes.find((one: ErrorCode) => errors[one].status === status);
  return new KithError(status >= 500 ? 'unavailable' : (code ?? 'internal'), { cause: error });
}

function wireOf(body: string): WireError | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    return (JSON.parse(body) as { readonly error?: WireError }).error;
  } catch {
    // A page of some proxy: its status says what there is to say.
    return undefined;
  }
}
