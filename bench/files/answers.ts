/** Reads answers of HTTP off a connection and looks at no more of them than must be, so that the load is cheap. */

export interface Answer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** Of its body. */
  readonly bytes: number;
}

type Head = Omit<Answer, 'bytes'>;

type State =
  | { readonly at: 'head'; readonly text: string }
  | { readonly at: 'body'; readonly head: Head; readonly bytes: number; readonly left: number };

/** More is no head of ours. */
const MOST_HEAD = 64 * 1024;
const END_OF_HEAD = '\r\n\r\n';
const START: State = { at: 'head', text: '' };

export interface AnswerEar {
  answer(answer: Answer): void;
  /** A part of a body. It is valid only now: its memory is used again. */
  body(part: Buffer): void;
}

/** Answers one after the other, each with its length before it. */
export class AnswerReader {
  readonly #ear: AnswerEar;
  #state: State = START;

  constructor(ear: AnswerEar) {
    this.#ear = ear;
  }

  /** @throws Error for an answer whose end it could not find. */
  read(part: Buffer): void {
    let rest = part;
    while (rest.length > 0) rest = this.#step(this.#state, rest);
  }

  /** What is left of `part`. */
  #step(state: State, part: Buffer): Buffer {
    if (state.at === 'body') {
      const taken = part.length <= state.left ? part : part.subarray(0, state.left);
      this.#ear.body(taken);
      this.#go({ ...state, left: state.left - taken.length });
      return part.subarray(taken.length);
    }
    const text = state.text + part.toString('latin1');
    const end = text.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (text.length > MOST_HEAD) throw new Error('An answer without an end of its head.');
      this.#state = { at: 'head', text };
      return part.subarray(part.length);
    }
    const head = headOf(text.slice(0, end));
    const bytes = lengthOf(head);
    this.#go({ at: 'body', head, bytes, left: bytes });
    return part.subarray(end + END_OF_HEAD.length - state.text.length);
  }

  #go(state: Extract<State, { at: 'body' }>): void {
    if (state.left > 0) {
      this.#state = state;
      return;
    }
    this.#state = START;
    this.#ear.answer({ ...state.head, bytes: state.bytes });
  }
}

function headOf(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})\b/.exec(first)?.[1]);
  if (!status) throw new Error(`No answer of HTTP: ${first.slice(0, 80)}`);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status, headers: new Map(headers) };
}

function lengthOf({ status, headers }: Head): number {
  if (status === 204 || status === 304) return 0;
  const length = headers.get('content-length');
  if (length === undefined || headers.has('transfer-encoding')) {
    throw new Error(`An answer (${status}) that does not say its length.`);
  }
  return Number(length);
}
