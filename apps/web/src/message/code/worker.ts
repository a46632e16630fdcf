/** Reads code beside the page. Grammars are regular expressions, and somebody may send what keeps them busy for minutes. */
import { tokensOf } from './tokens.ts';

export interface Question {
  readonly id: number;
  readonly lang: string;
  readonly text: string;
}

export interface Answer {
  readonly id: number;
  readonly tokens: Uint32Array;
}

/** The part of a worker's own scope that is needed: the types of the page do not know it. */
interface Scope {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage(answer: Answer | 'ready', transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
scope.onmessage = ({ data: { id, lang, text } }) => {
  const tokens = tokensOf(lang, text);
  scope.postMessage({ id, tokens }, [tokens.buffer]);
};
scope.postMessage('ready');
