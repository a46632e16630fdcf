import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  completingAt,
  type Draft,
  EMPTY,
  edited,
  emojiCodeAt,
  emojiCodesIn,
  fromWire,
  mentionDraft,
  replace,
  sound,
  spelled,
  toggleMark,
  toWire,
} from './text.ts';

const ana = '01938b2e-7c1d-7e3a-9d5b-0123456789ab';
const bo = '01938b2e-7c1d-7e3a-9d5b-0123456789ac';
const nameOf = (id: string) => (id === ana ? 'Ana Lima' : id === bo ? 'Bo' : undefined);
const draftOf = (wire: string) => fromWire(wire, nameOf);
const visible = (draft: Draft) => draft.mentions.map(({ start, end }) => draft.text.slice(start, end));

describe('mentions in the composer', () => {
  it('reads and writes the wire', () => {
    const wire = `hi <@${ana}> and <@all>, <@${bo}>!`;
    expect(draftOf(wire).text).toBe('hi @Ana Lima and @all, @Bo!');
    expect(toWire(draftOf(wire))).toBe(wire);
    expect(toWire(draftOf('<@01938b2e-7c1d-7e3a-9d5b-000000000000>'))).toContain('<@');
  });

  it('carries mentions through edits around them', () => {
    let draft = draftOf(`<@${ana}> and <@${ana}>`);
    draft = edited(draft, `Hey ${draft.text}`, 4);
    draft = edited(draft, draft.text.replace(' and ', ', '), 15);
    draft = edited(draft, `${draft.text}!`, draft.text.length + 1);
    expect(visible(draft)).toEqual(['@Ana Lima', '@Ana Lima']);
    expect(toWire(draft)).toBe(`Hey <@${ana}>, <@${ana}>!`);
  });

  it('drops only the one that was touched', () => {
    const draft = draftOf(`<@${bo}> <@${bo}>`);
    expect(toWire(edited(draft, '@B @Bo', 2))).toBe(`@B <@${bo}>`);
    expect(toWire(edited(draft, '@Bo @Box', 8))).toBe(`<@${bo}> <@${bo}>x`);
    expect(toWire(edited(draft, '@Bo @Bx', 7))).toBe(`<@${bo}> @Bx`);
  });

  it('survives any sequence of edits', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            at: fc.nat(30),
            remove: fc.nat(6),
            add: fc.constantFrom('', 'a', '@', ' ', 'Bo', '@Bo', '\n'),
          }),
          { maxLength: 12 },
        ),
        (edits) => {
          let draft = draftOf(`<@${bo}> x <@${ana}>`);
          for (const { at, remove, add } of edits) {
            const start = Math.min(at, draft.text.length);
            const end = Math.min(start + remove, draft.text.length);
            const next = draft.text.slice(0, start) + add + draft.text.slice(end);
            draft = edited(draft, next, start + add.length);
            expect(draft.text).toBe(next);
            for (const shown of visible(draft)) expect(['@Bo', '@Ana Lima']).toContain(shown);
            expect(sound(draft)).toEqual(draft);
          }
        },
      ),
    );
  });

  it('mends what was stored', () => {
    const broken = {
      text: 'a @Bo',
      mentions: [
        { start: 0, end: 3, who: bo },
        { start: 2, end: 99, who: bo },
        { start: 2, end: 5, who: bo },
      ],
    };
    expect(sound(broken).mentions).toEqual([{ start: 2, end: 5, who: bo }]);
  });
});

describe('completion', () => {
  const at = (text: string) => completingAt({ text, mentions: [] }, text.length);
  it.each([
    ['@', { type: 'mention', start: 0, query: '' }],
    ['hi @an', { type: 'mention', start: 3, query: 'an' }],
    ['(@an', { type: 'mention', start: 1, query: 'an' }],
    ['@ana l', { type: 'mention', start: 0, query: 'ana l' }],
    [':smi', { type: 'emoji', start: 0, query: 'smi' }],
    ['me@an', undefined],
    ['12:30', undefined],
    [':)', undefined],
    ['http://x', undefined],
    [':s', undefined],
  ])('%j', (text, expected) => expect(at(text)).toEqual(expected));

  const codeAt = (text: string) => emojiCodeAt({ text, mentions: [] }, text.length)?.code;
  it.each([
    ['hi :smile:', 'smile'],
    [':+1:', '+1'],
    ['(:x:', 'x'],
    ['🎉:tada:', 'tada'],
    ['`done` :smile:', 'smile'],
    ['12:30:', undefined],
    ['std::vector:', undefined],
    ['`:smile:', undefined],
    ['```\n:smile:', undefined],
    [':not a code:', undefined],
    ['::', undefined],
  ])('a closed code: %j', (text, expected) => expect(codeAt(text)).toBe(expected));

  it('the codes of what was pasted, the last one first', () => {
    const codes = (text: string, from = 0) => emojiCodesIn({ text, mentions: [] }, from, text.length);
    expect(codes('so :smile: and :+1:, 12:30:45')).toEqual([
      { start: 15, code: '+1' },
      { start: 3, code: 'smile' },
    ]);
    expect(codes(':smile: :tada:', 7)).toEqual([{ start: 8, code: 'tada' }]);
    expect(codes('`:smile:` and ```\n:tada:')).toEqual([]);
    expect(codes(':x: '.repeat(500))).toHaveLength(100);
  });

  it('not inside a finished mention', () => {
    const draft = replace(EMPTY, 0, 0, mentionDraft('Ana', ana));
    expect(completingAt(draft, 4)).toBeUndefined();
  });
});

describe('marks', () => {
  it('wraps and unwraps', () => {
    const bold = toggleMark({ text: 'one two', mentions: [] }, 4, 7, '**');
    expect(bold.draft.text).toBe('one **two**');
    expect(toggleMark(bold.draft, bold.start, bold.end, '**').draft.text).toBe('one two');
    expect(toggleMark(bold.draft, bold.start, bold.end, '*').draft.text).toBe('one ***two***');
  });
  it('keeps mentions inside', () => {
    const draft = draftOf(`<@${bo}>`);
    expect(toWire(toggleMark(draft, 0, 3, '**').draft)).toBe(`**<@${bo}>**`);
  });
});

describe('names typed out', () => {
  const whoIs = (name: string) => ({ ana, 'bo.': bo, all: 'all' })[name];

  it('mean who bears them, everywhere but in code and in other words', () => {
    const wire = (text: string) => toWire(spelled({ text, mentions: [] }, whoIs));
    expect(wire('@ana, see (@Ana) and @all!')).toBe(`<@${ana}>, see (<@${ana}>) and <@all>!`);
    expect(wire('ask @ana.')).toBe(`ask <@${ana}>.`);
    expect(wire('@bo. knows')).toBe(`<@${bo}> knows`);
    expect(wire('`@ana` me@ana.example @anabel @nobody')).toBe('`@ana` me@ana.example @anabel @nobody');
  });

  it('leave picked mentions as they are', () => {
    const picked = draftOf(`<@${bo}> and @ana`);
    expect(toWire(spelled(picked, whoIs))).toBe(`<@${bo}> and <@${ana}>`);
  });
});
