/** Sharing how to reach somebody: a person of this place, or anybody by name, telephone and e-mail. */
import { useState } from 'react';
import { usePeopleSearch } from '../app/usePeopleSearch.ts';
import { t } from '../i18n/index.ts';
import { PeopleRows, PersonButton } from '../panels/PeopleRows.tsx';
import { SearchField } from '../panels/SearchField.tsx';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Choice.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { AttachDialogProps } from './entries.ts';
import { tidy } from './poll/options.ts';
import '../panels/panels.css';

const PHONE = /^\+?[0-9][0-9 ().-]{2,31}$/;
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,185}\.[^\s@<>".]{2,}$/;

export default function ContactDialog({ onSend, onClose }: AttachDialogProps) {
  const [from, setFrom] = useState<'here' | 'free'>('here');
  const [query, setQuery] = useState('');
  const search = usePeopleSearch(from === 'here' ? query.trim() : null);
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [email, setEmail] = useState('');
  const [tried, setTried] = useState(false);
  const wrong = {
    name: tidy(name) === '',
    phone: phone.trim() !== '' && !PHONE.test(phone.trim()),
    email: email.trim() !== '' && !EMAIL.test(email.trim()),
    nothing: phone.trim() === '' && email.trim() === '',
  };
  const send = () => {
    setTried(true);
    if (wrong.name || wrong.phone || wrong.email || wrong.nothing) return;
    onSend({
      type: 'contact',
      name: tidy(name),
      ...(phone.trim() !== '' && { phone: phone.trim() }),
      ...(email.trim() !== '' && { email: email.trim() }),
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('contact.share')}
      footer={
        from === 'free' && (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button kind="primary" onClick={send}>
              {t('contact.send')}
            </Button>
          </>
        )
      }
    >
      <div className="kith-attach-form">
        <Segments
          legend={t('contact.whom')}
          value={from}
          options={[
            { value: 'here', label: t('contact.here') },
            { value: 'free', label: t('contact.free') },
          ]}
          onChange={setFrom}
        />
        {from === 'here' ? (
          <>
            <SearchField label={t('people.find')} value={query} onChange={setQuery} first />
            <div className="kith-attach-list">
              <PeopleRows search={search}>
                {(user) => (
                  <PersonButton
                    user={user}
                    onPress={() => onSend({ type: 'contact', userId: user.id, name: tidy(user.displayName) })}
                  />
                )}
              </PeopleRows>
            </div>
          </>
        ) : (
          <>
            <TextField
              label={t('contact.name')}
              value={name}
              maxLength={80}
              error={tried && wrong.name ? t('contact.needName') : undefined}
              onChange={(event) => setName(event.target.value)}
            />
            <TextField
              label={t('contact.phone')}
              type="tel"
              value={phone}
              maxLength={32}
              error={
                tried && wrong.phone
                  ? t('contact.wrongPhone')
                  : tried && wrong.nothing
                    ? t('contact.needWay')
                    : undefined
              }
              onChange={(event) => setPhone(event.target.value)}
            />
            <TextField
              label={t('contact.email')}
              type="email"
              value={email}
              maxLength={254}
              error={tried && wrong.email ? t('contact.wrongEmail') : undefined}
              onChange={(event) => setEmail(event.target.value)}
            />
          </>
        )}
      </div>
    </Dialog>
  );
}
