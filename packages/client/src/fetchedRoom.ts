/** A room whose verbs all answer later, and which few pages enter: fetched when the first of them is called. */
type Room = { readonly [verb: string]: (...input: never[]) => Promise<unknown> };

export function fetchedRoom<R extends Room>(fetch: () => Promise<R>): R {
  let fetched: Promise<R> | undefined;
  const enter = (): Promise<R> => {
    // A network that fails once must not shut the room for good.
    fetched ??= fetch().catch((error: unknown) => {
      fetched = undefined;
      throw error;
    });
    return fetched;
  };
  return new Proxy<R>(Object.create(null), {
    get:
      (_room, verb: string) =>
      async (...input: never[]) =>
        (await enter())[verb]?.(...input),
  });
}
