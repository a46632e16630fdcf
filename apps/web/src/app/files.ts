/** Files cannot be sent yet: whoever drops or pastes one is told, and the browser does not leave the app to show it. */
import { t } from '../i18n/index.ts';
import { toast } from '../ui/toast.ts';

/** Words that come with a picture of themselves, as out of an office program, are words. */
const isFile = (data: DataTransfer | null): boolean =>
  data?.types.includes('Files') === true && !data.types.includes('text/plain');

/** Whoever takes files themselves (a field for a picture) has dealt with it. */
const isTaken = ({ defaultPrevented, target }: Event): boolean =>
  defaultPrevented || (target instanceof HTMLInputElement && target.type === 'file');

function refuse(event: Event, data: DataTransfer | null): void {
  if (isTaken(event) || !isFile(data)) return;
  event.preventDefault();
  toast(t('composer.noFiles'));
}

export function refuseFiles(): void {
  addEventListener('dragover', (event) => {
    if (!isTaken(event) && isFile(event.dataTransfer)) event.preventDefault();
  });
  addEventListener('drop', (event) => refuse(event, event.dataTransfer));
  addEventListener('paste', (event) => refuse(event, event.clipboardData));
}
