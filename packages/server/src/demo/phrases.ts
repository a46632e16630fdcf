/**
 * What people in the demo talk about: short exchanges, each line by somebody else than the one before. `{…}` is filled
 * from the lists below, so that the same exchange does not come back word for word.
 */

export type Exchange = readonly string[];

export const words: Readonly<Record<string, readonly string[]>> = {
  day: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'the weekend', 'tomorrow', 'next week'],
  time: ['8:30', '10:00', 'noon', '14:15', 'half past three', '17:00'],
  place: [
    'the lighthouse',
    'the corner café',
    'the small meeting room',
    'the boat house',
    'the library',
    'the old mill',
    'platform 4',
  ],
  food: [
    'lentil soup',
    'rye bread',
    'plum cake',
    'dumplings',
    'a tray of figs',
    'the good coffee',
    'pickled radishes',
  ],
  book: [
    'The Dispossessed',
    'Piranesi',
    'Middlemarch',
    'A Month in the Country',
    'The Summer Book',
    'Solaris',
  ],
  part: [
    'the outbox',
    'the timeline',
    'the import script',
    'the search index',
    'the retry loop',
    'the migration',
    'the empty state',
    'the settings page',
  ],
  number: ['three', 'seven', 'eleven', 'twenty', 'forty-two'],
  city: ['Lisbon', 'Tallinn', 'Graz', 'Bergen', 'Ghent', 'Turin'],
  weather: ['rain', 'fog', 'wind from the north', 'the first snow', 'far too much sun'],
};

const small: readonly Exchange[] = [
  [
    'Good morning! Anybody at {place} already?',
    'Just arrived. {weather}, so bring a coat.',
    'On my way, ten minutes.',
  ],
  ['Who has the key to {place}?', 'I gave it to the front desk on {day}.', 'Found it, thanks!'],
  ['Lunch at {time}? I made {food}.', 'Yes please.', 'Count me in.', 'Save me some, I am stuck in a call.'],
  ['Some {food} is left in the kitchen.', 'Not any more 🙂', 'You are all monsters.'],
  [
    'Train to {city} is {number} minutes late.',
    'Same here. We start without the slides then.',
    'Fine by me.',
  ],
  [
    'Has anyone been to {city} lately? Looking for a quiet place to stay.',
    'Near the river, north side. I will send you the address.',
    'That would be lovely.',
  ],
  ['It is {weather} here. Is {day} still on?', 'Still on. We meet at {place}, {time}.', '👍'],
  ['Happy birthday! 🎂', 'Thank you all, there will be {food} at {time}.', 'Best news of the week.'],
  ['Reminder: the water is off on {day} between {time} and the evening.', 'Thanks for saying.'],
  [
    'Photos from {city} are in the shared folder.',
    'The one in {weather} is my favourite.',
    'Look at those faces 😄',
  ],
];

const work: readonly Exchange[] = [
  [
    'I have a fix for {part}, could somebody read it?',
    'Looking now.',
    'Two small remarks, otherwise *very* nice.',
    'Both done. Merging.',
  ],
  [
    '{part} is slow again on old phones.',
    'Can you send a trace?',
    'Attached to the issue. It spends most of the time in layout.',
    'Then it is the shadows. I will take them out and measure.',
  ],
  [
    'Numbers after the change:\n\n```text\nbefore  p99  184 ms\nafter   p99   41 ms\n```\nSame machine, same run.',
    'That is more than I hoped for.',
    '🎉',
  ],
  [
    'What should happen when {part} gets the same request twice?',
    'Nothing. The first answer again.',
    'Then let us write that down as a rule, not as a comment.',
  ],
  [
    'Release on {day}?',
    'Two things open:\n\n- {part}\n- the notes for operators',
    'I take the second.',
    'Then the first is mine. Agreed: **{day}**.',
  ],
  [
    'Does anybody remember why `{part}` waits {number} seconds?',
    'Because a shorter wait woke every client at once. It is in the decision record.',
    'Thank you, leaving it alone then.',
  ],
  ['The build is red on main.', 'Mine, sorry. Fix is on its way.', 'Green again.', 'That was quick.'],
  [
    'I would like to delete {part}. Nobody has used it since spring.',
    'Please do.',
    '> Nobody has used it since spring.\n\nOne person has: me. But I can live without it.',
    'Gone. Minus {number} hundred lines.',
  ],
  ['Could we talk about {part} at {time}?', 'Yes, {place}.', 'I will bring the sketch.'],
  [
    'Small question: do we say “channel” or “room” here?',
    'Channel. Same word everywhere.',
    '~~room~~ channel, noted.',
  ],
  [
    'Here is how I test it by hand:\n\n1. go offline\n2. write {number} messages\n3. close the lid\n4. come back',
    'All of them arrive, in order. Well done.',
  ],
];

const culture: readonly Exchange[] = [
  ['Started _{book}_ yesterday. Slow, in the best way.', 'Wait until the middle.', 'No spoilers!'],
  ['For the next round I propose _{book}_.', 'Seconded.', 'I have read it twice, so yes.'],
  ['Is {day} at {time} good for the reading club?', 'Good for me.', 'I will be late, start without me.'],
  [
    'Somebody plays the piano at {place} right now and it is wonderful.',
    'Recording, please!',
    'Too late, but I will ask for the programme.',
  ],
  ['What do you listen to while it is {weather}?', 'Nothing. I listen to {weather}.', 'Poet.'],
];

const hike: readonly Exchange[] = [
  [
    'Who comes along on {day}? Start at {time}, {place}.',
    'Me!',
    'Me too, with {food}.',
    'I can take three people in the car.',
  ],
  [
    'The path above {place} is closed.',
    'Then the long way round, {number} kilometres.',
    'My boots are ready. My knees less so.',
  ],
  ['Forecast says {weather}.', 'There is no bad weather.', 'There is, and I have photos.'],
  ['Packing list: water, {food}, a torch.', 'And plasters. Last time…', 'We do not talk about last time.'],
];

const intimate: readonly Exchange[] = [
  [
    'Are you free at {time}?',
    'For you, always. What is it?',
    'Nothing bad. I need a second pair of eyes on {part}.',
    'Gladly.',
  ],
  ['How was {city}?', '{weather} for three days. Beautiful.', 'I am a little jealous.'],
  [
    'Did you get home all right?',
    'Yes, the last train was {number} minutes late but it came.',
    'Good. Sleep well.',
  ],
  [
    'I found your copy of _{book}_ under the sofa.',
    'So that is where it went!',
    'I may have read it before telling you.',
  ],
  ['Thank you for today.', 'Thank *you*. The food saved us all.'],
  ['Can you send me the notes for {day}?', 'Here: https://example.org/notes', 'Perfect.'],
];

export const exchanges = { small, work, culture, hike, intimate } as const;
export type Mood = keyof typeof exchanges;
