/** Plays and pauses; shows that it waits for the first bytes. */
import { Pause, Play } from 'lucide-react';
import { t } from '../../i18n/index.ts';
import { Spinner } from '../../ui/Spinner.tsx';
import './play.css';

export type PlayState = 'still' | 'waiting' | 'sounding';

export function PlayButton({
  state,
  small = false,
  onPress,
}: {
  readonly state: PlayState;
  readonly small?: boolean;
  readonly onPress: () => void;
}) {
  const Icon = state === 'still' ? Play : Pause;
  return (
    <button
      type="button"
      className="kith-play-button"
      data-small={small || undefined}
      aria-label={state === 'still' ? t('play.play') : t('play.pause')}
      aria-busy={state === 'waiting' || undefined}
      onClick={onPress}
    >
      {state === 'waiting' ? (
        <Spinner />
      ) : (
        <Icon size={small ? 16 : 20} strokeWidth={0} fill="currentColor" aria-hidden="true" />
      )}
    </button>
  );
}
