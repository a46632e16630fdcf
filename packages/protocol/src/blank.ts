/** Whether there is nothing to be seen in it: spaces, and signs that draw nothing. U+2800 is Braille without a dot. */
export const isBlank = (text: string): boolean =>
  /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(text);
