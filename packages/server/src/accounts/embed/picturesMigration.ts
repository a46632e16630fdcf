/** Pictures that hosts name: where they are, when to fetch them next, how often that was tried, and what was found. */
export const picturesMigration: readonly string[] = [
  `alter table host_people
    add column picture text,
    add column picture_due timestamptz,
    add column picture_tries smallint not null default 0,
    add column picture_sha256 bytea`,
  'create index host_people_by_picture_due on host_people (picture_due) where picture_due is not null',
];
