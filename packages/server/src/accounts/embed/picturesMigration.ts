/** Pictures that hosts name: where they are, when to fetch them next, and how often that was tried. */
export const picturesMigration: readonly string[] = [
  `alter table host_people
    add column picture text,
    add column picture_due timestamptz,
    add column picture_tries smallint not null default 0`,
  'create index host_people_by_picture_due on host_people (picture_due) where picture_due is not null',
];
