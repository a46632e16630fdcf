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
  /** The number one signs in by. */
  'phone_added',
  'phone_changed',
  'phone_removed',
  /** Somebody else has shown that they hold it: it is a way into their account now. */
  'phone_moved',
  'second_factor_failed',
  'totp_on',
  'totp_off',
  'recovery_used',
  'recovery_renewed',
  'passkey_added',
  'passkey_removed',
  /** Its count of uses went backwards: there may be two of it. */
  'passkey_refused',
  'invite_made',
  'invite_revoked',
  /** By somebody who had an account. */
  'invite_used',
  /** By a link, with a name alone. */
  'guest_came',
  /** How long they may stay. */
  'guest_changed',
  /** Their time was over, or somebody ended it. */
  'guest_ended',
  /** Who may come in, and who may invite. */
  'join_policy_changed',
  /** Its person asked for its end, and what became of that. Of the last, no more is written down than that it was. */
  'deletion_asked',
  'deletion_undone',
  'account_deleted',
  /** What the tenant asks of its people. */
  'tenant_security_changed',
  /** Its name, what it may do, which pages may speak for it. */
  'tenant_changed',
  'api_key_made',
  'api_key_revoked',
  /** Of the person, by the owner. */
  'tenant_role_changed',
  /** To this person. */
  'tenant_owner_changed',
  /** By the owner or an admin: all second factors are gone. */
  'factors_reset',
  'account_suspended',
  'account_restored',
] as const;

export type SecurityEventKind = (typeof securityEventKinds)[number];
