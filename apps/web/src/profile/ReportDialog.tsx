import { limits } from '@kith/client';
import type { ReportAbout, ReportReason } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import { type FormEvent, useId, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { closeReport } from './report.ts';
import './profile.css';

const REASONS = [
  'spam',
  'abuse',
  'violence',
  'sexual',
  'illegal',
  'other',
] as const satisfies readonly ReportReason[];

export default function ReportDialog({ about }: { readonly about: ReportAbout }) {
  const client = useClient();
  const id = useId();
  // One report, however often it is sent.
  const [reportId] = useState(newId);
  const [reason, setReason] = useState<ReportReason>('spam');
  const [words, setWords] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await client.report({ reportId, about, reason, words });
      toast(t('report.sent'));
      closeReport();
    } catch (error) {
      setBusy(false);
      toastError(error);
    }
  };
  return (
    <Dialog
      open
      onClose={closeReport}
      title={t(`report.title.${about.type}`)}
      description={t('report.hint')}
      footer={
        <>
          <Button onClick={closeReport}>{t('common.cancel')}</Button>
          <Button kind="danger" type="submit" form={id} busy={busy}>
            {t('report.send')}
          </Button>
        </>
      }
    >
      <form id={id} className="kith-status-form" onSubmit={(event) => void send(event)}>
        <Choice
          legend={t('report.reason')}
          value={reason}
          onChange={setReason}
          options={REASONS.map((value) => ({ value, label: t(`report.reason.${value}`) }))}
        />
        <div className="kith-field">
          <label htmlFor={`${id}-words`}>{t('report.words')}</label>
          <div className="kith-field-box">
            <textarea
              id={`${id}-words`}
              rows={3}
              dir="auto"
              maxLength={limits.reportLength}
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          </div>
        </div>
      </form>
    </Dialog>
  );
}
