/** HTML as a string that cannot be confused with text: what is interpolated is escaped unless it is Html itself. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | boolean | null | undefined | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

function render(part: Part): string {
  if (part === null || part === undefined || part === false || part === true) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return isHtml(part) ? part.html : part.map(render).join('');
}

const isHtml = (part: Html | readonly Part[]): part is Html => 'html' in part;

export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: strings.map((text, index) => text + render(parts[index])).join(''),
});

/** Text of our own with `code` in backticks. */
export const prose = (text: string): Html => ({
  html: escapeText(text).replace(/`([^`]+)`/g, '<code>$1</code>'),
});
