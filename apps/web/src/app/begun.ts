/** What was begun here and stands in no field (chosen files, recordings): a reload would take it away. */
const begun = new Set<string>();

const ask = (event: BeforeUnloadEvent): void => event.preventDefault();

export const isSomethingBegun = (): boolean => begun.size > 0;

/** While something is, the browser asks before it closes the page. */
export function setBegun(what: string, is: boolean): void {
  if (is) begun.add(what);
  else begun.delete(what);
  if (begun.size > 0) addEventListener('beforeunload', ask);
  else removeEventListener('beforeunload', ask);
}
