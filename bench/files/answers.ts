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
  | { readonly at: 'body'; readonly head: Head; readonly bytes: number; readonly left: number }
  /** Of a body in chunks: the line with the length of the next one. `bytes`: of those before. */
  | { readonly at: 'size'; readonly head: Head; readonly bytes: number; readonly text: string }
  | { readonly at: 'chunk'; readonly head: Head; readonly bytes: number; readonly left: number }
  /** The end of the line after a chunk, and, after the last, empty one, of the body. */
  | {
      readonly at: 'gap';
      readonly head: Head;
      readonly bytes: number;
      readonly text: string;
      readonly last: boolean;
    };

/** More is no head of ours. */
const MOST_HEAD = 64 * 1024;
const END_OF_LINE = '\r\n';
const END_OF_HEAD = '\r\n\r\n';
const START: State = { at: 'head', text: '' };

export interface AnswerEar {
  answer(answer: Answer): void;
  /** A part of a body. It is valid only now: its memory is used again. */
  body(part: Buffer): void;
}

/** Answers one after the other, each with its length before it or in chunks. */
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
    switch (state.at) {
      case 'head':
        return this.#line(state, part, END_OF_HEAD, (text) => {
          const head = headOf(text);
          if (head.headers.get('transfer-encoding') === 'chunked') {
            this.#state = { at: 'size', head, bytes: 0, text: '' };
          } else this.#body(head, lengthOf(head), lengthOf(head));
        });
      case 'size':
        return this.#line(state, part, END_OF_LINE, (text) => this.#chunk(state, text));
      case 'gap':
        return this.#line(state, part, END_OF_LINE, () => {
          const { head, bytes } = state;
          if (state.last) this.#body(head, bytes, 0);
          else this.#state = { at: 'size', head, bytes, text: '' };
        });
      case 'body': {
        const taken = this.#hear(part, state.left);
        this.#body(state.head, state.bytes, state.left - taken);
        return part.subarray(taken);
      }
      case 'chunk': {
        const taken = this.#hear(part, state.left);
        const { head, bytes } = state;
        const left = state.left - taken;
        this.#state = left > 0 ? { ...state, left } : { at: 'gap', head, bytes, text: '', last: false };
        return part.subarray(taken);
      }
    }
  }

  /** Text up to `end`, which may come in parts. */
  #line(
    state: Extract<State, { readonly text: string }>,
    part: Buffer,
    end: string,
    done: (text: string) => void,
  ): Buffer {
    const text = state.text + part.toString('latin1');
    const found = text.indexOf(end);
    if (found < 0) {
      if (text.length > MOST_HEAD) throw new Error('An answer without an end of its head.');
      this.#state = { ...state, text };
      return part.subarray(part.length);
    }
    const taken = found + end.length - state.text.length;
    done(text.slice(0, found));
    return part.subarray(taken);
  }

  #chunk({ head, bytes }: Extract<State, { at: 'size' }>, text: string): void {
    const left = Number.parseInt(text, 16);
    if (!(left >= 0)) throw new Error(`No length of a chunk: ${text.slice(0, 80)}`);
    if (left === 0) this.#state = { at: 'gap', head, bytes, text: '', last: true };
    else this.#state = { at: 'chunk', head, bytes: bytes + left, left };
  }

  #hear(part: Buffer, left: number): number {
    const taken = part.length <= left ? part : part.subarray(0, left);
    this.#ear.body(taken);
    return taken.length;
  }

  #body(head: Head, bytes: number, left: number): void {
    this.#state = left > 0 ? { at: 'body', head, bytes, left } : START;
    if (left === 0) this.#ear.answer({ ...head, bytes });
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
  if (length === undefined) {
    throw new Error(`An answer (${status}) that does not say its length.`);
  }
  return Number(length);
}
