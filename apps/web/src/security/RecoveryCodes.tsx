/** The recovery codes, this once: to be copied, downloaded or written down. */
import { useRef } from 'react';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { copyToClipboard } from '../ui/copy.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { toast, toastError } from '../ui/toast.ts';

export function RecoveryCodes({
  codes,
  onClose,
}: {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}) {
  const copyButton = useRef<HTMLButtonElement>(null);
  const text = `${codes.join('\n')}\n`;
  const copy = (): void => void copyToClipboard(text).then(() => toast(t('app.copied')), toastError);
  const download = (): void => {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `kith-recovery-codes-${location.hostname}.txt`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('factors.codesTitle')}
      description={t('factors.codesText')}
      initialFocus={copyButton}
      footer={
        <>
          <Button onClick={download}>{t('factors.codesDownload')}</Button>
          <Button ref={copyButton} onClick={copy}>
            {t('common.copy')}
          </Button>
          <Button kind="primary" onClick={onClose}>
            {t('factors.codesKept')}
          </Button>
        </>
      }
    >
      <ol className="kith-recovery-codes" dir="ltr">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
