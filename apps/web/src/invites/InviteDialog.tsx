/** A link that leads in: how long and for how many it is good, then the link to copy; or a mail to one address. */
import { limits } from '@kith/client';
import type { Output } from '@kith/protocol';
import { type FormEvent, useId, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { wrongEmail } from '../auth/check.ts';
import { EmailField } from '../auth/EmailField.tsx';
import { TroubleLine } from '../auth/Trouble.tsx';
import { useForm } from '../auth/useForm.ts';
import { t } from '../i18n/index.ts';
import { useAccount } from '../security/useAccount.ts';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Choice.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toast } from '../ui/toast.ts';
import { copyLink, linkOfInvite } from './copyLink.ts';
import { closeInvite, type Inviting, inviteMade } from './inviting.ts';
import '../security/security.css';

const DAY_S = 86_400;
const SPANS = { day: DAY_S, week: 7 * DAY_S, month: 30 * DAY_S, ever: null } as const;
const STAYS = { day: DAY_S, week: 7 * DAY_S, month: 30 * DAY_S, year: 365 * DAY_S } as const;
const COUNTS = { one: 1, ten: 10, any: null } as const;

type Invite = Output<'createInvite'>['invite'];

export default function InviteDialog({ inviting }: { readonly inviting: Inviting }) {
  const client = useClient();
  const id = useId();
  const { conversationId } = inviting;
  const [way, setWay] = useState<'link' | 'mail'>('link');
  const [span, setSpan] = useState<keyof typeof SPANS>('week');
  const [as, setAs] = useState<'member' | 'guest'>('member');
  const [stay, setStay] = useState<keyof typeof STAYS>('month');
  const [count, setCount] = useState<keyof typeof COUNTS>('any');
  const [note, setNote] = useState('');
  const [email, setEmail] = useState('');
  const [made, setMade] = useState<Invite | null>(null);
  const form = useForm();
  const [account] = useAccount();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const wrong = way === 'mail' ? wrongEmail(email.trim()) : {};
    void form.send(event, wrong, async () => {
      const invite = await client.invites.create({
        ...(conversationId !== null && { conversationIds: [conversationId] }),
        expiresInSeconds: SPANS[span],
        ...(as === 'guest' && { role: as, guestSeconds: STAYS[stay] }),
        ...(way === 'mail' ? { email: email.trim() } : { maxUses: COUNTS[count], note }),
      });
      inviteMade();
      if (way === 'mail') {
        toast(t('invites.sent', { email: email.trim() }));
        closeInvite();
      } else setMade(invite);
    });
  };

  const hint =
    conversationId === null
      ? 'invites.placeHint'
      : as === 'guest'
        ? 'invites.guestHint'
        : 'invites.groupHint';
  const title = t(conversationId === null ? 'invites.invitePeople' : 'invites.byLink');
  if (made?.token)
    return (
      <Dialog
        open
        onClose={closeInvite}
        title={title}
        footer={
          <>
            <Button onClick={closeInvite}>{t('common.close')}</Button>
            <Button kind="primary" onClick={() => void copyLink(made.token ?? '')}>
              {t('invites.copy')}
            </Button>
          </>
        }
      >
        <TextField
          label={t('invites.link')}
          readOnly
          dir="ltr"
          value={linkOfInvite(made.token)}
          onFocus={(event) => event.currentTarget.select()}
          hint={t('invites.linkHint')}
        />
      </Dialog>
    );
  // Whether mail is a way is known before anything is drawn: a row that comes later would move what is being pressed.
  if (account.type === 'loading') return null;
  return (
    <Dialog
      open
      onClose={closeInvite}
      title={title}
      description={t(hint)}
      footer={
        <>
          <Button onClick={closeInvite}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" form={id} busy={form.busy}>
            {t(way === 'mail' ? 'invites.send' : 'invites.make')}
          </Button>
        </>
      }
    >
      <form id={id} className="kith-confirm-form" noValidate onSubmit={submit}>
        {conversationId !== null && (
          <Segments
            legend={t('invites.as')}
            value={as}
            onChange={setAs}
            options={[
              { value: 'member', label: t('invites.asMember') },
              { value: 'guest', label: t('guest.badge') },
            ]}
          />
        )}
        {account.type === 'known' && account.account.mail && (
          <Segments
            legend={t('invites.way')}
            value={way}
            onChange={setWay}
            options={[
              { value: 'link', label: t('invites.wayLink') },
              { value: 'mail', label: t('invites.wayMail') },
            ]}
          />
        )}
        {way === 'mail' ? (
          <EmailField
            value={email}
            onChange={(next) => {
              setEmail(next);
              form.touch('email');
            }}
            error={form.wrong['email']}
            hint={t('invites.emailHint')}
          />
        ) : (
          <>
            <TextField
              label={t('invites.note')}
              name="note"
              maxLength={limits.inviteNoteLength}
              value={note}
              onChange={(event) => setNote(event.target.value)}
              hint={t('invites.noteHint')}
            />
            <Segments
              legend={t('invites.count')}
              value={count}
              onChange={setCount}
              options={[
                { value: 'one', label: t('invites.countOne') },
                { value: 'ten', label: t('invites.countTen') },
                { value: 'any', label: t('invites.countAny') },
              ]}
            />
          </>
        )}
        <Segments
          legend={t('invites.span')}
          value={span}
          onChange={setSpan}
          options={[
            { value: 'day', label: t('invites.spanDay') },
            { value: 'week', label: t('invites.spanWeek') },
            { value: 'month', label: t('invites.spanMonth') },
            { value: 'ever', label: t('invites.spanEver') },
          ]}
        />
        {as === 'guest' && (
          <Segments
            legend={t('invites.stay')}
            value={stay}
            onChange={setStay}
            options={[
              { value: 'day', label: t('invites.spanDay') },
              { value: 'week', label: t('invites.spanWeek') },
              { value: 'month', label: t('invites.spanMonth') },
              { value: 'year', label: t('invites.spanYear') },
            ]}
          />
        )}
        <TroubleLine trouble={form.trouble} />
      </form>
    </Dialog>
  );
}
