/** The way to what was shared in a conversation: in its details, and on the card of a person one writes with. */
import { ChevronRight, Images } from 'lucide-react';
import { openShared } from '../../app/panel.ts';
import { t } from '../../i18n/index.ts';
import './way.css';

export function SharedRow({
  conversationId,
  onOpen,
}: {
  readonly conversationId: string;
  /** Before it opens. */
  readonly onOpen?: () => void;
}) {
  return (
    <button
      type="button"
      className="kith-shared-way"
      onClick={() => {
        onOpen?.();
        openShared(conversationId);
      }}
    >
      <Images size={18} strokeWidth={1.75} aria-hidden="true" />
      <span>{t('shared.row')}</span>
      <ChevronRight size={16} strokeWidth={2} aria-hidden="true" />
    </button>
  );
}
