/** A key, this once. */
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { copyToClipboard } from '../ui/copy.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toast, toastError } from '../ui/toast.ts';

export function ShownKey({ value, onClose }: { readonly value: string; readonly onClose: () => void }) {
  const copy = (): Promise<void> =>
    copyToClipboard(value).then(() => toast(t('place.keyCopied')), toastError);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('place.keyMade')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.close')}</Button>
          <Button kind="primary" onClick={() => void copy()}>
            {t('place.keyCopy')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('place.keyMade')}
        readOnly
        dir="ltr"
        spellCheck={false}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
        hint={t('place.keyOnce')}
      />
    </Dialog>
  );
}
