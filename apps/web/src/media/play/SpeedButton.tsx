/** How fast voices are played: a press takes the next speed. */
import { t } from '../../i18n/index.ts';
import { numberText } from '../../i18n/words.ts';
import { changeSpeed, useSpeed } from './player.ts';
import './play.css';

export function SpeedButton() {
  const speed = numberText(useSpeed());
  return (
    <button
      type="button"
      className="kith-speed"
      aria-label={t('play.speed', { speed })}
      title={t('play.speed', { speed })}
      onClick={changeSpeed}
    >
      <span dir="ltr">{speed}×</span>
    </button>
  );
}
