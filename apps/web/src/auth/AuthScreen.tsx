import { type FormEvent, use, useId, useState } from 'react';
import { accountsHere, admit } from '../app/session.ts';
import { errorText, fieldErrors } from '../i18n/errors.ts';
import { type Key, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Mark } from '../ui/Mark.tsx';
import { TextField } from '../ui/TextField.tsx';
import { asUsername, isEmail, suggestUsername, type Values, wrongWith } from './check.ts';
import { PasswordField } from './PasswordField.tsx';
import './auth.css';

type Mode = 'in' | 'up';

/** What the form is doing. */
type State =
  | { readonly type: 'editing'; readonly wrong: Readonly<Record<string, string>>; readonly general?: string }
  | { readonly type: 'sending' };

const CLEAN: State = { type: 'editing', wrong: {} };

export interface AuthScreenProps {
  readonly notice: Key | undefined;
  /** Suspends until it is known; undefined: there are some. */
  readonly hasAccounts: Promise<boolean> | undefined;
}

export function AuthScreen({ notice, hasAccounts }: AuthScreenProps) {
  const first = hasAccounts !== undefined && !use(hasAccounts);
  const [mode, setMode] = useState<Mode>(first ? 'up' : 'in');
  const [values, setValues] = useState<Values>({ email: '', password: '', username: '', displayName: '' });
  const [state, setState] = useState<State>(CLEAN);
  const titleId = useId();
  const wrong = state.type === 'editing' ? state.wrong : {};
  const up = mode === 'up';

  const set = (name: keyof Values) => (event: { target: { value: string } }) => {
    const { value } = event.target;
    setValues((before) => {
      const next = { ...before, [name]: value };
      // Until somebody chooses a username, it follows the name.
      if (name === 'displayName' && before.username === suggestUsername(before.displayName))
        next.username = suggestUsername(value);
      return next;
    });
    // What was wrong with a field is forgotten once it changes, and the username may change with the name.
    const touched = name === 'displayName' ? ['displayName', 'username'] : [name];
    const still = Object.entries(wrong).filter(([field]) => !touched.includes(field));
    setState({ type: 'editing', wrong: Object.fromEntries(still) });
  };

  const fail = (
    form: HTMLFormElement,
    problems: Readonly<Record<string, string>>,
    general?: string,
  ): void => {
    setState({ type: 'editing', wrong: problems, ...(general && { general }) });
    const first = Object.keys(problems)[0];
    // After the render, so that the field is read out with its error.
    if (first) requestAnimationFrame(() => form.querySelector<HTMLElement>(`[name="${first}"]`)?.focus());
  };

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    // What a password manager filled in may not have been announced to us.
    const filled = Object.fromEntries(new FormData(form)) as Partial<Record<keyof Values, string>>;
    const given = { ...values, ...filled };
    const problems = wrongWith(given, up);
    if (Object.keys(problems).length > 0) return fail(form, problems);
    setState({ type: 'sending' });
    try {
      const { email, password, username, displayName } = given;
      const login = isEmail(email) ? { email } : { username: asUsername(email) };
      await admit(
        up
          ? await accountsHere().signUp({
              email,
              password,
              username: asUsername(username),
              displayName: displayName.trim(),
            })
          : await accountsHere().signIn({ ...login, password }),
      );
    } catch (error) {
      const fields = fieldErrors(error) ?? {};
      const ours = Object.keys(fields).some((path) => form.elements.namedItem(path) !== null);
      fail(form, ours ? fields : {}, ours ? undefined : errorText(error));
    }
  };

  const change = (): void => {
    setMode(up ? 'in' : 'up');
    setState(CLEAN);
  };

  return (
    <main className="kith-auth">
      <form
        className="kith-auth-form"
        noValidate
        aria-labelledby={titleId}
        onSubmit={(event) => void submit(event)}
      >
        <span className="kith-auth-mark">
          <Mark size={44} />
        </span>
        <h1 id={titleId}>{up ? t('auth.createTitle') : t('auth.signInTitle')}</h1>
        {notice && state.type === 'editing' && <p className="kith-auth-notice">{t(notice)}</p>}
        {up && first && <p className="kith-auth-notice">{t('auth.first')}</p>}
        {up && (
          <>
            <TextField
              label={t('auth.name')}
              name="displayName"
              autoComplete="name"
              autoFocus
              value={values.displayName}
              onChange={set('displayName')}
              error={wrong['displayName']}
              hint={t('auth.nameHint')}
            />
            <TextField
              label={t('auth.username')}
              name="username"
              autoComplete="nickname"
              autoCapitalize="none"
              spellCheck={false}
              value={values.username}
              onChange={set('username')}
              error={wrong['username']}
              hint={t('auth.usernameHint')}
            />
          </>
        )}
        <TextField
          key={`${mode} email`}
          label={up ? t('auth.email') : t('auth.emailOrUsername')}
          name="email"
          type={up ? 'email' : 'text'}
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          autoComplete={up ? 'email' : 'username'}
          autoFocus={!up}
          value={values.email}
          onChange={set('email')}
          error={wrong['email']}
        />
        {up ? (
          <PasswordField
            label={t('auth.password')}
            name="password"
            value={values.password}
            onChange={set('password')}
            error={wrong['password']}
            about={[values.displayName, values.username, values.email]}
          />
        ) : (
          <TextField
            label={t('auth.password')}
            name="password"
            type="password"
            autoComplete="current-password"
            value={values.password}
            onChange={set('password')}
            error={wrong['password']}
          />
        )}
        <p className="kith-auth-general" role="alert">
          {state.type === 'editing' && state.general}
        </p>
        <Button kind="primary" type="submit" wide busy={state.type === 'sending'}>
          {up ? t('auth.create') : t('auth.signIn')}
        </Button>
        <p className="kith-auth-other">
          <span>{up ? t('auth.have') : t('auth.new')}</span>
          <Button wide onClick={change}>
            {up ? t('auth.signIn') : t('auth.createOther')}
          </Button>
        </p>
      </form>
    </main>
  );
}
