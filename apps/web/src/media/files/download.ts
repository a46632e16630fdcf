/** Saves the files of a message under their names, one download each: the browser says where. */
import type { KithClient, Readable } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { t } from '../../i18n/index.ts';
import { attachmentOf } from '../../message/excerpt.ts';
import { toast } from '../../ui/toast.ts';
import { placeOfRecord } from './source.ts';

/** Clients with a token ask for an address; whoever waits longer is offline, ms. */
const PATIENCE_MS = 10_000;

export function downloadFiles(client: KithClient, record: MessageRecord): void {
  const attachment = attachmentOf(record.body);
  if (attachment?.type !== 'files') return;
  for (const { fileId, name } of attachment.files) {
    void known(client.files.url(placeOfRecord(record), fileId, { download: true })).then((url) => {
      if (url === undefined) return toast(t('file.broken'), { tone: 'error' });
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
    });
  }
}

function known(url: Readable<string | undefined>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
      resolve(url.get());
    };
    const stop = url.subscribe(() => url.get() !== undefined && end());
    const timer = setTimeout(end, PATIENCE_MS);
    if (url.get() !== undefined) end();
  });
}
