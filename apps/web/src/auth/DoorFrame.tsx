/** What all steps of the door share: the mark, a title, what there is to say first, and the focus where reading begins. */
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { Mark } from '../ui/Mark.tsx';

export interface DoorFrameProps {
  readonly title: string;
  /** What happened, or has to be known: stands out. */
  readonly notice?: ReactNode;
  /** What this step is about, in a line or two. */
  readonly text?: ReactNode;
  /** Given: the step is a form. */
  readonly onSubmit?: (event: FormEvent<HTMLFormElement>) => void;
  readonly children: ReactNode;
}

export function DoorFrame({ title, notice, text, onSubmit, children }: DoorFrameProps) {
  const titleId = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  // What was pressed to come here is gone; without a field that takes the focus, the title is read.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  const inside = (
    <>
      <span className="kith-auth-mark">
        <Mark size={44} />
      </span>
      <h1 id={titleId} ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {notice && <p className="kith-auth-notice">{notice}</p>}
      {text && <p className="kith-auth-text">{text}</p>}
      {children}
    </>
  );
  return (
    <main className="kith-auth">
      {onSubmit ? (
        <form className="kith-auth-form" noValidate aria-labelledby={titleId} onSubmit={onSubmit}>
          {inside}
        </form>
      ) : (
        <div className="kith-auth-form">{inside}</div>
      )}
    </main>
  );
}
