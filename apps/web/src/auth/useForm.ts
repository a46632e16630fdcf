/** A form that is sent: one sending at a time, and what was wrong with it, by field and as a whole. */
import { type FormEvent, useState } from 'react';
import { type FieldWords, fieldErrors } from '../i18n/errors.ts';
import { type Trouble, troubleOf } from './Trouble.tsx';

type Wrong = Readonly<Record<string, string>>;

type State =
  | { readonly type: 'editing'; readonly wrong: Wrong; readonly trouble?: Trouble }
  /** Also when it was taken: who shows the form goes on to something else. */
  | { readonly type: 'sending' };

const CLEAN: State = { type: 'editing', wrong: {} };

export interface Form {
  readonly busy: boolean;
  readonly wrong: Wrong;
  readonly trouble: Trouble | undefined;
  /** What was wrong with these fields is forgotten, as they change. */
  readonly touch: (...fields: string[]) => void;
  readonly reset: () => void;
  /** `wrong`: found before anything is sent, in the order of the form. */
  readonly send: (
    event: FormEvent<HTMLFormElement>,
    wrong: Wrong,
    task: () => Promise<void>,
  ) => Promise<void>;
}

/** `words`: of this form, for errors that mean something else in another. */
export function useForm(words: FieldWords = {}): Form {
  const [state, setState] = useState<State>(CLEAN);
  const wrong = state.type === 'editing' ? state.wrong : {};

  const fail = (form: HTMLFormElement, problems: Wrong, trouble?: Trouble): void => {
    setState({ type: 'editing', wrong: problems, ...(trouble && { trouble }) });
    const first = Object.keys(problems)[0];
    // After the render, so that the field is read out with its error.
    if (first) requestAnimationFrame(() => form.querySelector<HTMLElement>(`[name="${first}"]`)?.focus());
  };

  return {
    busy: state.type === 'sending',
    wrong,
    trouble: state.type === 'editing' ? state.trouble : undefined,
    touch: (...fields) => {
      const still = Object.entries(wrong).filter(([field]) => !fields.includes(field));
      setState({ type: 'editing', wrong: Object.fromEntries(still) });
    },
    reset: () => setState(CLEAN),
    send: async (event, found, task) => {
      event.preventDefault();
      const form = event.currentTarget;
      if (state.type === 'sending') return;
      if (Object.keys(found).length > 0) return fail(form, found);
      setState({ type: 'sending' });
      try {
        await task();
      } catch (error) {
        const fields = fieldErrors(error, words) ?? {};
        const ours = Object.keys(fields).some((path) => form.elements.namedItem(path) !== null);
        fail(form, ours ? fields : {}, ours ? undefined : troubleOf(error, words));
      }
    },
  };
}

/** What a password manager filled in may not have been announced to us. */
export const filledIn = ({ currentTarget }: FormEvent<HTMLFormElement>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...new FormData(currentTarget)].flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
