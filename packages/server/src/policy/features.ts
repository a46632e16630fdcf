/** What a tenant may be without, and which commands that concerns: one row each. */
import {
  type CommandName,
  type Content,
  KithError,
  type ParsedInput,
  type TenantFeature,
} from '@kith/protocol';

type Input = Partial<ParsedInput<'sendMessage'>> & Partial<ParsedInput<'createConversation'>>;

/** What the input asks for, of what may be off. */
type Row = (input: Input) => readonly (TenantFeature | undefined)[];

const byAttachment: { readonly [type in string]?: TenantFeature } = {
  files: 'files',
  poll: 'polls',
  sticker: 'stickers',
  gif: 'gifs',
};

const inContent = (content: Content | undefined): TenantFeature | undefined =>
  content?.type === 'plain' && content.attachment ? byAttachment[content.attachment.type] : undefined;

/** Files of encrypted messages are named beside what nobody here can read. */
const said: Row = ({ content, files, thread }) => [
  inContent(content),
  files && files.length > 0 ? 'files' : undefined,
  thread === undefined ? undefined : 'threads',
];

const rows: { readonly [N in CommandName]?: Row } = {
  sendMessage: said,
  editMessage: said,
  scheduleMessage: (input) => ['scheduled', ...said(input)],
  updateScheduled: (input) => ['scheduled', ...said(input)],
  votePoll: () => ['polls'],
  createStickerPack: () => ['stickers'],
  addSticker: () => ['stickers'],
  installStickerPack: () => ['stickers'],
  searchGifs: () => ['gifs'],
  openDirect: () => ['openConversations'],
  createConversation: ({ kind }) => ['openConversations', kind === 'channel' ? 'channels' : undefined],
  joinChannel: () => ['channels'],
  listChannels: () => ['channels'],
  searchUsers: () => ['findPeople'],
};

/** @throws KithError forbidden for what is off here. */
export function demandFeatures(off: ReadonlySet<TenantFeature>, name: CommandName, input: unknown): void {
  for (const feature of rows[name]?.(input as Input) ?? [])
    if (feature !== undefined && off.has(feature))
      throw new KithError('forbidden', { message: `This is switched off here: ${feature}.` });
}
