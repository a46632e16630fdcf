/** Who may make an account. */

export const signUpPolicies = ['open', 'invited', 'domains', 'closed'] as const;
/** `domains`: people with an address of some domains, and who was invited. */
export type SignUpPolicy = (typeof signUpPolicies)[number];

const LABEL = /^[a-z0-9-]{1,63}$/;
const LABELS = 10;

/** A name that mail goes to, in lower case: `example.org`. */
export function isDomain(value: string): boolean {
  const labels = value.split('.');
  return (
    labels.length > 1 &&
    labels.length <= LABELS &&
    labels.every((label) => LABEL.test(label) && !label.startsWith('-') && !label.endsWith('-'))
  );
}
