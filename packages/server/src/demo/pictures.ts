/** The pictures of the demo, drawn for it: faces, places, an emoji, a pack of stickers. */
import {
  above,
  any,
  below,
  both,
  box,
  everywhere,
  oval,
  type Painting,
  paint,
  polygon,
  type Shape,
  without,
} from './painter.ts';

const INK = '#2b2320';

interface Looks {
  readonly ground: string;
  readonly skin: string;
  readonly hair: string;
  readonly shirt: string;
}

const head = oval(0.5, 0.46, 0.17, 0.2);
const smile = without(oval(0.5, 0.535, 0.058, 0.048), oval(0.5, 0.52, 0.066, 0.046));
const crown = (edge: number): Shape => both(oval(0.5, 0.435, 0.185, 0.21), above(edge));

/** `behind` lies behind the neck, `hair` above the forehead, `more` above all. */
function face(looks: Looks, behind: Shape, hair: Shape, more: Painting = []): Painting {
  const { ground, skin, shirt } = looks;
  return [
    [ground, everywhere],
    [looks.hair, behind],
    [shirt, oval(0.5, 1.1, 0.4, 0.34)],
    [skin, any(box(0.43, 0.58, 0.14, 0.17, 0.03), both(oval(0.5, 0.75, 0.11, 0.07), below(0.72)))],
    [skin, head],
    [looks.hair, hair],
    [INK, any(oval(0.432, 0.465, 0.015, 0.019), oval(0.568, 0.465, 0.015, 0.019), smile)],
    ...more,
  ];
}

const nothing: Shape = () => false;
const curls = any(
  ...Array.from({ length: 11 }, (_, i) => {
    const angle = Math.PI * (0.86 + (i / 10) * 1.28);
    return oval(0.5 + Math.cos(angle) * 0.2, 0.41 + Math.sin(angle) * 0.2, 0.085);
  }),
);
const ring = (x: number): Shape => without(oval(x, 0.465, 0.062), oval(x, 0.465, 0.048));

const faces = {
  ada: face(
    { ground: '#f2c9a1', skin: '#f3d3bd', hair: '#8a3b22', shirt: '#35607a' },
    both(oval(0.5, 0.45, 0.235, 0.27), above(0.66)),
    without(crown(0.42), oval(0.58, 0.5, 0.16, 0.16)),
  ),
  bruno: face(
    { ground: '#9fb8a5', skin: '#e3b791', hair: '#3a2a22', shirt: '#b5523b' },
    nothing,
    any(crown(0.35), without(both(head, below(0.5)), oval(0.5, 0.5, 0.115, 0.075))),
  ),
  chioma: face(
    { ground: '#e8b04b', skin: '#6e4630', hair: '#1f1715', shirt: '#f4ead9' },
    curls,
    without(crown(0.38), oval(0.5, 0.52, 0.155, 0.17)),
    [['#d9e4dd', any(oval(0.322, 0.56, 0.02), oval(0.678, 0.56, 0.02))]],
  ),
  hiroshi: face(
    { ground: '#b9c7d8', skin: '#efcfae', hair: '#22242b', shirt: '#4a5a48' },
    nothing,
    any(crown(0.36), both(crown(0.44), without(everywhere, oval(0.5, 0.5, 0.155, 0.2)))),
    [[INK, any(ring(0.428), ring(0.572), box(0.488, 0.458, 0.024, 0.013))]],
  ),
  kavya: face(
    { ground: '#c9a7b8', skin: '#b57b55', hair: '#211a1d', shirt: '#2f6b62' },
    box(0.285, 0.22, 0.43, 0.6, 0.2),
    without(crown(0.44), any(oval(0.42, 0.5, 0.12, 0.17), oval(0.58, 0.5, 0.12, 0.17))),
  ),
  layla: face(
    { ground: '#d8d3c3', skin: '#e0b28c', hair: '#3f6f7f', shirt: '#315867' },
    any(oval(0.5, 0.46, 0.235, 0.27), oval(0.5, 0.74, 0.2, 0.14)),
    any(
      without(oval(0.5, 0.46, 0.225, 0.262), oval(0.5, 0.485, 0.142, 0.168)),
      without(oval(0.5, 0.74, 0.19, 0.13), oval(0.5, 0.56, 0.13, 0.1)),
    ),
  ),
} satisfies Readonly<Record<string, Painting>>;

/** Peaks at dusk. */
const mountains: Painting = [
  ['#f4d7b4', everywhere],
  ['#ee9a64', oval(0.66, 0.4, 0.13)],
  ['#8fa3b0', polygon([-0.1, 0.95], [0.3, 0.32], [0.7, 0.95])],
  ['#fbf4ea', polygon([0.3, 0.32], [0.206, 0.468], [0.27, 0.44], [0.31, 0.5], [0.35, 0.45], [0.4, 0.478])],
  ['#5d7686', polygon([0.25, 1], [0.72, 0.5], [1.2, 1])],
  ['#37505d', polygon([-0.1, 1.1], [0.25, 0.7], [0.8, 1.1])],
];

/** A small boat with one sail. */
const boat: Painting = [
  ['#bfe0dc', everywhere],
  ['#f6efe2', polygon([0.5, 0.17], [0.5, 0.6], [0.24, 0.6])],
  ['#e2653c', polygon([0.54, 0.25], [0.54, 0.6], [0.75, 0.6])],
  ['#59402f', polygon([0.2, 0.64], [0.8, 0.64], [0.7, 0.77], [0.3, 0.77])],
  ['#3d8a93', both(below(0.74), (x, y) => y > 0.75 + 0.018 * Math.sin(x * 22))],
];

/** The moon above a hill. */
const moon: Painting = [
  ['#2c3a55', everywhere],
  ['#f3dfa7', without(oval(0.52, 0.4, 0.2), oval(0.6, 0.35, 0.17))],
  [
    '#f3dfa7',
    any(oval(0.2, 0.26, 0.013), oval(0.78, 0.62, 0.012), oval(0.3, 0.56, 0.01), oval(0.83, 0.2, 0.014)),
  ],
  ['#46618a', oval(0.25, 1.1, 0.55, 0.36)],
  ['#1d2940', oval(0.85, 1.12, 0.6, 0.34)],
];

/** A tile of Lisbon: four petals and a square. */
const tile: Painting = [
  ['#f5efe3', everywhere],
  [
    '#2d66a3',
    any(
      oval(0.5, 0.25, 0.1, 0.21),
      oval(0.5, 0.75, 0.1, 0.21),
      oval(0.25, 0.5, 0.21, 0.1),
      oval(0.75, 0.5, 0.21, 0.1),
    ),
  ],
  ['#e9b44c', polygon([0.5, 0.4], [0.6, 0.5], [0.5, 0.6], [0.4, 0.5])],
  ['#2d66a3', any(oval(0, 0, 0.2), oval(1, 0, 0.2), oval(0, 1, 0.2), oval(1, 1, 0.2))],
  ['#f5efe3', any(oval(0, 0, 0.1), oval(1, 0, 0.1), oval(0, 1, 0.1), oval(1, 1, 0.1))],
];

/** A cat that has seen something. */
const cat: Painting = [
  ['#dfe3c8', everywhere],
  [
    '#4b4038',
    any(
      oval(0.5, 0.6, 0.28, 0.25),
      polygon([0.23, 0.24], [0.45, 0.42], [0.25, 0.58]),
      polygon([0.77, 0.24], [0.55, 0.42], [0.75, 0.58]),
    ),
  ],
  ['#4b4038', oval(0.5, 1.1, 0.34, 0.36)],
  ['#f1e9dc', any(oval(0.5, 0.7, 0.12, 0.09))],
  ['#e4c65b', any(oval(0.39, 0.56, 0.058), oval(0.61, 0.56, 0.058))],
  [INK, any(oval(0.39, 0.56, 0.018, 0.045), oval(0.61, 0.56, 0.018, 0.045))],
  ['#c97b6b', polygon([0.47, 0.645], [0.53, 0.645], [0.5, 0.68])],
];

/** A persimmon with its four leaves. */
const fruit: Painting = [
  ['#e2703a', oval(0.5, 0.56, 0.4, 0.36)],
  ['#ee9059', oval(0.37, 0.48, 0.12, 0.09, -0.5)],
  [
    '#5b7a3c',
    any(
      oval(0.38, 0.26, 0.14, 0.06, 0.4),
      oval(0.62, 0.26, 0.14, 0.06, -0.4),
      oval(0.5, 0.22, 0.06, 0.12),
      oval(0.5, 0.33, 0.06, 0.11),
    ),
  ],
  ['#7a5b3a', box(0.47, 0.06, 0.06, 0.16, 0.025)],
];

/** A folded paper boat on the water. */
const paperBoat = (sail: string, hull: string, extra: Painting = []): Painting => [
  ['#ffffff', any(oval(0.5, 0.52, 0.47, 0.42))],
  [sail, polygon([0.5, 0.16], [0.68, 0.58], [0.32, 0.58])],
  [hull, polygon([0.1, 0.48], [0.36, 0.6], [0.64, 0.6], [0.9, 0.48], [0.72, 0.82], [0.28, 0.82])],
  ['#6fb3bd', both(oval(0.5, 0.52, 0.47, 0.42), (x, y) => y > 0.79 + 0.02 * Math.sin(x * 26))],
  ...extra,
];

const boats = [
  { emoji: '⛵', alt: 'A paper boat under way', painting: paperBoat('#f0a36b', '#e2653c') },
  {
    emoji: '😴',
    alt: 'A paper boat asleep under the moon',
    painting: paperBoat('#a9b8d4', '#5b709c', [
      ['#f3dfa7', without(oval(0.78, 0.27, 0.1), oval(0.82, 0.245, 0.085))],
    ]),
  },
  {
    emoji: '☀️',
    alt: 'A paper boat in the sun',
    painting: paperBoat('#f6dd8d', '#e0a52f', [['#f2b53c', oval(0.24, 0.28, 0.09)]]),
  },
  { emoji: '🌱', alt: 'A green paper boat', painting: paperBoat('#bcd39a', '#6d9150') },
] as const;

const SIDE = 144;
const avatar = (painting: Painting): Buffer => paint(painting, SIDE);

/** Of people, by username. Whoever is missing has their initials. */
export const portraits = (): ReadonlyMap<string, Buffer> =>
  new Map(
    Object.entries({
      ...faces,
      greta: mountains,
      ines: tile,
      jonas: boat,
      leo: cat,
      wei: moon,
    }).map(([name, painting]) => [name, avatar(painting)]),
  );

/** Of groups, by name. */
export const groupPictures = (): ReadonlyMap<string, Buffer> =>
  new Map([
    ['Autumn hike', avatar(mountains)],
    ['Launch week', avatar(boat)],
  ]);

export const persimmon = (): Buffer => paint(fruit, 96);

export const paperBoats = (): readonly { emoji: string; alt: string; picture: Buffer }[] =>
  boats.map(({ emoji, alt, painting }) => ({ emoji, alt, picture: paint(painting, 240) }));
