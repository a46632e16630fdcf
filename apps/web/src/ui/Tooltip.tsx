/**
 * One tooltip for the whole app, moved from trigger to trigger: a timeline full of buttons then costs one popup, and
 * passing from one button to the next does not blink.
 */
import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';

const handle = Base.createHandle<string>();

/** Names the one element in it on hover and on keyboard focus. Does not replace its accessible name. */
export function Tooltip({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactElement<Record<string, unknown>>;
}) {
  return <Base.Trigger handle={handle} payload={label} delay={450} closeOnClick render={children} />;
}

/** Stands once, at the root of the app. */
export function TooltipHost() {
  return (
    <Base.Root handle={handle}>
      {({ payload }) => (
        <Base.Portal>
          <Base.Positioner className="kith-tooltip-positioner" sideOffset={6} collisionPadding={8}>
            <Base.Popup className="kith-tooltip">{payload}</Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      )}
    </Base.Root>
  );
}
