/** What is told apart in code. Each has its token of the theme, `--kith-code-…`, and its highlight of the same name. */
export const KINDS = ['comment', 'keyword', 'string', 'number', 'name', 'type', 'meta'] as const;
export type Kind = (typeof KINDS)[number];
