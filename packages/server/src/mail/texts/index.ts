/** The catalogs, by language. */
import type { MailLocale } from '../kinds.ts';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en, type MailTexts } from './en.ts';
import { es } from './es.ts';
import { zh } from './zh.ts';

export type { MailTexts } from './en.ts';

export const mailTexts: { readonly [L in MailLocale]: MailTexts } = { en, de, es, ar, zh };
