import { useState } from 'react';

/**
 * Where the focus goes when something that floats is closed: back to the message, the row or the text field that had it. When
 * neither did (a finger, a mouse), nowhere: left alone, the popup would give it to the first button of the pane, where
 * the next space bar presses it.
 */
export function useReturnFocus(): () => HTMLElement | false {
  const [before] = useState(() => document.activeElement);
  return () =>
    before instanceof HTMLElement && before.matches('[data-message], [data-row], textarea') ? before : false;
}
