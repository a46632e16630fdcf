/** In the place of a step that waits to hear what its link is about. */
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { DoorFrame } from './DoorFrame.tsx';
import { TroubleLine } from './Trouble.tsx';
import type { LinkState } from './useLink.ts';

export interface LinkPendingProps {
  readonly title: string;
  readonly state: Exclude<LinkState<unknown>, { type: 'known' }>;
  readonly onAgain: () => void;
}

export function LinkPending({ title, state, onAgain }: LinkPendingProps) {
  return (
    <DoorFrame title={title}>
      {state.type === 'looking' ? (
        <Spinner />
      ) : (
        <>
          <TroubleLine trouble={state.trouble} />
          <Button kind="primary" wide onClick={onAgain}>
            {t('common.tryAgain')}
          </Button>
        </>
      )}
    </DoorFrame>
  );
}
