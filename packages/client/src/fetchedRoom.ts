/** A room whose verbs answer later, and which few pages enter: fetched when the first of them is called. */
type Room = { readonly [verb in string]: (...input: never[]) => Promise<unknown> };

/** `here`: what the room has besides, and what is wanted at once. */
export function fetchedRoom<R extends Room, H extends object = object>(
  fetch: () => Promise<R>,
  here: H = Object.create(null),
): R & H {
  let fetched: Promise<R> | undefined;
  const enter = (): Promise<R> => {
    // A network that fails once must not shut the room for good.
    fetched ??= fetch().catch((error: unknown) => {
      fetched = undefined;
      throw error;
    });
    return fetched;
  };
  return new Proxy<R & H>(Object.create(here), {
    get: (room, verb: string) =>
      // Whoever hands a room over from an async function must not wait for it as if it were a promise.
      verb in room || verb === 'then'
        ? Reflect.get(room, verb)
        : async (...input: never[]) => (await enter())[verb]?.(...input),
  });
}
