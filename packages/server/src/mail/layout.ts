/**
 * The parts of a mail as text and as HTML: no pictures, nothing loaded from anywhere, nothing that counts who opened it. Mail
 * programs know little CSS, so that it stands inline; the little `style` is for dark ones, and may be thrown away.
 */
import type { MailLocale } from './kinds.ts';
import { escapeHtml } from './words.ts';

export type Part =
  | { readonly type: 'text'; readonly text: string }
  /** Smaller: what one may need to know. */
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'code'; readonly code: string }
  | { readonly type: 'button'; readonly label: string; readonly url: string; readonly hint: string }
  | { readonly type: 'facts'; readonly facts: readonly (readonly [label: string, value: string])[] };

export interface Page {
  readonly locale: MailLocale;
  readonly direction: 'ltr' | 'rtl';
  readonly subject: string;
  readonly parts: readonly Part[];
  /** The last line: who writes. */
  readonly from: string;
}

export function toText({ parts, from }: Page): string {
  const blocks = parts.map((part) => {
    switch (part.type) {
      case 'text':
      case 'note':
        return part.text;
      case 'code':
        return `    ${part.code}`;
      case 'button':
        return `${part.label}:\n${part.url}`;
      case 'facts':
        return part.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
    }
  });
  return `${[...blocks, `-- \n${from}`].join('\n\n')}\n`;
}

const FONT = `font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif`;
/** Of the app (theme/tokens.css), as hex: mail programs know no other colours. */
const LIGHT = {
  ground: '#f6f2ee',
  sheet: '#ffffff',
  ink: '#231e1b',
  quiet: '#68625e',
  fill: '#ba480d',
  on: '#ffffff',
};
const DARK = {
  ground: '#13100e',
  sheet: '#201c19',
  ink: '#ede9e5',
  quiet: '#b0a9a4',
  fill: '#f28c5c',
  on: '#24130a',
};

const STYLE = `@media (prefers-color-scheme: dark) {
.ground { background: ${DARK.ground} !important; }
.sheet { background: ${DARK.sheet} !important; }
.ink { color: ${DARK.ink} !important; }
.quiet { color: ${DARK.quiet} !important; }
.button { background: ${DARK.fill} !important; color: ${DARK.on} !important; }
}`;

const paragraph = (inner: string): string =>
  `<p class="ink" style="margin:0 0 16px;font-size:16px;line-height:1.5;color:${LIGHT.ink}">${inner}</p>`;

const small = (inner: string): string =>
  `<p class="quiet" style="margin:0 0 12px;font-size:13px;line-height:1.5;color:${LIGHT.quiet}">${inner}</p>`;

const address = (url: string): string =>
  `<span dir="ltr" style="overflow-wrap:anywhere;word-break:break-all">${escapeHtml(url)}</span>`;

function partHtml(part: Part): string {
  switch (part.type) {
    case 'text':
      return paragraph(escapeHtml(part.text));
    case 'note':
      return small(escapeHtml(part.text));
    case 'code':
      return `<p class="ink" style="margin:8px 0 20px;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:30px;font-weight:600;letter-spacing:4px;color:${LIGHT.ink}"><span dir="ltr">${escapeHtml(part.code)}</span></p>`;
    case 'button':
      return `<p style="margin:8px 0 20px"><a class="button" href="${escapeHtml(part.url)}" style="display:inline-block;padding:12px 20px;border-radius:10px;font-size:16px;font-weight:600;text-decoration:none;background:${LIGHT.fill};color:${LIGHT.on}">${escapeHtml(part.label)}</a></p>${small(`${escapeHtml(part.hint)}<br>${address(part.url)}`)}`;
    case 'facts':
      return paragraph(
        part.facts
          .map(
            ([label, value]) =>
              `<span class="quiet" style="color:${LIGHT.quiet}">${escapeHtml(label)}:</span> ${escapeHtml(value)}`,
          )
          .join('<br>'),
      );
  }
}

export const toHtml = ({ locale, direction, subject, parts, from }: Page): string => `<!doctype html>
<html lang="${locale}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${STYLE}</style>
</head>
<body class="ground" style="margin:0;padding:24px 12px;background:${LIGHT.ground};${FONT}">
<div class="sheet" dir="${direction}" style="max-width:480px;margin:0 auto;padding:28px 28px 16px;border-radius:14px;background:${LIGHT.sheet};text-align:start">
<h1 class="ink" style="margin:0 0 20px;font-size:20px;line-height:1.3;font-weight:650;color:${LIGHT.ink}">${escapeHtml(subject)}</h1>
${parts.map(partHtml).join('\n')}
</div>
<div dir="${direction}" style="max-width:480px;margin:0 auto;padding:16px 28px">${small(escapeHtml(from))}</div>
</body>
</html>
`;
