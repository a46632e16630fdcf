/** Unseen, for password managers: whose password the form is about. */
export function WhoseAccount({ login }: { readonly login: string }) {
  return <input type="text" autoComplete="username" value={login} readOnly hidden />;
}
