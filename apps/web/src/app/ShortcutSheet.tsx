/** All shortcuts at a glance. Loaded when first asked for. */
import { Fragment } from 'react';
import { t } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { closeSheet } from './sheet.ts';
import { keysOf, shortcutGroups, shortcutIds, shortcuts, shortcutText } from './shortcuts.ts';
import './sheet.css';

export default function ShortcutSheet() {
  return (
    <Dialog open onClose={closeSheet} title={t('shortcut.title')} size="l">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it holds the focus, so that the keys scroll it. */}
      <div className="kith-sheet" tabIndex={0}>
        {shortcutGroups.map((group) => (
          <section key={group} aria-labelledby={`kith-sheet-${group}`}>
            <h3 id={`kith-sheet-${group}`}>{t(`shortcut.group.${group}`)}</h3>
            <dl className="kith-keys">
              {shortcutIds
                .filter((id) => shortcuts[id].group === group)
                .map((id) => (
                  <div key={id}>
                    <dt>{shortcutText(id)}</dt>
                    <dd>
                      {ends(shortcuts[id].chords).map((chord, at) => (
                        <Fragment key={chord}>
                          {at > 0 && (
                            <span className="kith-keys-or">
                              {shortcuts[id].chords.length > MANY ? '…' : t('shortcut.or')}
                            </span>
                          )}
                          <Chord chord={chord} />
                        </Fragment>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** A row of keys, such as all digits, is told by its ends. */
const MANY = 3;
const ends = (chords: readonly string[]): readonly string[] =>
  chords.length > MANY ? [chords[0] ?? '', chords.at(-1) ?? ''] : chords;

/** A chord is read from left to right in every language, as it is pressed. */
const Chord = ({ chord }: { readonly chord: string }) => (
  <span className="kith-chord" dir="ltr">
    {keysOf(chord).map((key) => (
      <kbd key={key}>{key}</kbd>
    ))}
  </span>
);
