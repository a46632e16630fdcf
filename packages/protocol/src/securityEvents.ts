/** What is written down about an account, for its person and for whoever answers for the tenant. */
export const securityEventKinds = [
  'signed_up',
  'signed_in',
  /** From a browser that had not signed in to it before. */
  'new_device',
  'sign_in_failed',
  'signed_out',
  'session_revoked',
  'other_sessions_revoked',
  'identity_confirmed',
  /** Somebody at an open session did not know the password. */
  'confirmation_failed',
  'password_changed',
  'password_reset_asked',
  'password_reset',
  /** The one it has. */
  'email_verified',
  'email_change_asked',
  'email_changed',
  'email_change_undone',
  /** Another service became a way in. */
  'provider_linked',
  'provider_unlinked',
] as const;

export type SecurityEventKind = (typeof securityEventKinds)[number];
