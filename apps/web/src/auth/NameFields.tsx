/** What somebody new is called: by others, and by the server. */
import { t } from '../i18n/index.ts';
import { TextField } from '../ui/TextField.tsx';
import type { Door } from './AuthScreen.tsx';
import { suggestUsername } from './check.ts';
import type { Form } from './useForm.ts';

export function NameFields({ door: { values, set }, form }: { readonly door: Door; readonly form: Form }) {
  const rename = (event: { target: { value: string } }): void => {
    const { value: displayName } = event.target;
    // Until somebody chooses a username, it follows the name.
    const follows = values.username === suggestUsername(values.displayName);
    set({ displayName, ...(follows && { username: suggestUsername(displayName) }) });
    form.touch('displayName', 'username');
  };
  return (
    <>
      <TextField
        label={t('auth.name')}
        name="displayName"
        autoComplete="name"
        autoFocus
        value={values.displayName}
        onChange={rename}
        error={form.wrong['displayName']}
        hint={t('auth.nameHint')}
      />
      <TextField
        label={t('auth.username')}
        name="username"
        autoComplete="nickname"
        autoCapitalize="none"
        spellCheck={false}
        value={values.username}
        onChange={(event) => {
          set({ username: event.target.value });
          form.touch('username');
        }}
        error={form.wrong['username']}
        hint={t('auth.usernameHint')}
      />
    </>
  );
}
