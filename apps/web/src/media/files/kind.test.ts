import { expect, it } from 'vitest';
import { nameParts, previewOf } from './kind.ts';

it('shows the ending apart', () => {
  expect(nameParts('report.pdf')).toEqual({ stem: 'report', ending: '.pdf' });
  expect(nameParts('archive.tar.gz')).toEqual({ stem: 'archive.tar', ending: '.gz' });
  expect(nameParts('invoice\u202Efdp.exe')).toEqual({ stem: 'invoice\u202Efdp', ending: '.exe' });
  expect(nameParts('.profile')).toEqual({ stem: '.profile', ending: '' });
  expect(nameParts('Makefile')).toEqual({ stem: 'Makefile', ending: '' });
  expect(nameParts('Dr. Smith wrote this')).toEqual({ stem: 'Dr. Smith wrote this', ending: '' });
});

it('knows what can be shown, and shows what could run as text', () => {
  const previews = ['application/pdf', 'text/plain', 'text/html', 'image/svg+xml', 'application/zip'].map(
    (mime) => previewOf({ kind: 'file', mime }),
  );
  expect(previews).toEqual(['pdf', 'text', 'text', 'text', undefined]);
  expect(previewOf({ kind: 'image', mime: 'image/heic' })).toBe('picture');
  expect(previewOf({ kind: 'voice', mime: 'audio/ogg' })).toBeUndefined();
});
