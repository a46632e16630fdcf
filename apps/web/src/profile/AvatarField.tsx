import { Camera, ImageUp, Trash2 } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { t } from '../i18n/index.ts';
import { Avatar, type AvatarProps } from '../ui/Avatar.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { type Picture, pictureOf } from './picture.ts';

const CropDialog = lazy(() => import('./CropDialog.tsx'));

export interface AvatarFieldProps {
  readonly avatar: Pick<AvatarProps, 'id' | 'name' | 'image' | 'glyph' | 'shape'>;
  /** Takes an uploaded image into use; null removes. */
  readonly onChange: (blobId: string | null) => Promise<void>;
}

/** A picture that can be chosen, cropped and removed: it is saved at once. */
export function AvatarField({ avatar, onChange }: AvatarFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [picture, setPicture] = useState<Picture>();

  const choose = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const read = await pictureOf(file);
    if (read) setPicture(read);
    else toast(t('profile.noPicture'), { tone: 'error' });
  };
  const open = (): void => input.current?.click();
  const remove = (): void => {
    onChange(null).catch((error: unknown) => toastError(error, remove));
  };

  const face = (
    <button
      type="button"
      className="kith-avatar-field"
      {...(avatar.image === undefined && { onClick: open })}
    >
      <span className="kith-hidden">{t('profile.changePicture')}</span>
      <Avatar {...avatar} size={72} />
      <span className="kith-avatar-field-badge">
        <Camera size={16} strokeWidth={2} aria-hidden="true" />
      </span>
    </button>
  );
  return (
    <>
      {avatar.image === undefined ? (
        face
      ) : (
        <Menu trigger={face} align="start">
          <MenuItem icon={ImageUp} onSelect={open}>
            {t('profile.newPicture')}
          </MenuItem>
          <MenuItem icon={Trash2} danger onSelect={remove}>
            {t('profile.removePicture')}
          </MenuItem>
        </Menu>
      )}
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        data-avatar-file
        onChange={(event) => {
          const { files } = event.target;
          void choose(files?.[0]);
          // The same file may be chosen again.
          event.target.value = '';
        }}
      />
      {picture && (
        <Suspense fallback={null}>
          <CropDialog
            picture={picture}
            shape={avatar.shape ?? 'round'}
            onSave={onChange}
            onClose={() => {
              picture.close();
              setPicture(undefined);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
