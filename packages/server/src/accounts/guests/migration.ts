/** People who are here for some time, by a link, and links that let them in. */
export const guestsMigration: readonly string[] = [
  'alter table users drop constraint users_role_check',
  `alter table users add constraint users_role_check check (role in ('owner', 'admin', 'member', 'guest'))`,
  // Null: they are no guest. `guest_by`: who made the link they came by.
  'alter table users add guest_until timestamptz, add guest_by uuid',
  `alter table users add constraint users_guest_check
    check ((role = 'guest') = (guest_until is not null) and (guest_until is null) = (guest_by is null))`,
  'create index users_guests on users (tenant_id, id) where guest_until is not null',
  `alter table invites
    add role text not null default 'member' check (role in ('member', 'guest')),
    add guest_seconds integer,
    add constraint invites_guest_check check ((role = 'guest') = (guest_seconds is not null))`,
];
