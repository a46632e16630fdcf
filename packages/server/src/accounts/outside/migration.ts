/**
 * Accounts at other services, as ways in: beside who one is there, how its person would know it. What a service gives for
 * asking it further is not kept, and has no place any more.
 */
export const outsideMigration: readonly string[] = [
  `alter table auth_accounts
    add label text,
    drop access_token,
    drop refresh_token,
    drop id_token,
    drop access_token_expires_at,
    drop refresh_token_expires_at,
    drop scope`,
];
