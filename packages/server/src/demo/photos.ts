/**
 * The photos that people in the demo send each other: painted for it, without a camera and without the network. What is far away is
 * drawn small and made larger, so that it is as soft as through a lens; what is near is drawn sharp; light and grain come last.
 */
import sharp from 'sharp';
import {
  between,
  type Colour,
  glow,
  gradient,
  ground,
  mix,
  type Point,
  path,
  px,
  ridge,
  times,
  uneven,
  wood,
} from './brush.ts';
import { dice } from './dice.ts';

export interface Photo {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

/** What is far is drawn in so many times fewer pixels a side. */
const SOFT = 1.6;
/** Pixels of the photo to those that scenes are drawn in. */
const SCALE = 0.8;

/** SVG, in the pixels of the photo. */
interface Scene {
  readonly width: number;
  readonly height: number;
  readonly far: string;
  readonly near: string;
  /** How dark the corners are, 0 … 1. */
  readonly corners: number;
  readonly grain: number;
}

/** Ranges behind each other before the sun is up. */
function ridges(): Scene {
  const roll = dice(11);
  const [width, height] = [1600, 1200];
  const haze: Colour = [246, 205, 176];
  const night: Colour = [22, 36, 58];
  const layers = 7;
  const range = (at: number, steps: number): { line: Point[]; colour: string; foot: string } => {
    const part = at / (layers - 1);
    const y = between(560, 1030, part ** 1.15);
    return {
      line: ridge(
        roll,
        [-20, y + 60 * (roll() - 0.5)],
        [width + 20, y + 90 * (roll() - 0.5)],
        between(260, 330, part),
        steps,
      ),
      colour: mix(haze, night, 0.22 + 0.78 * part ** 0.9),
      foot: mix(haze, night, Math.max(0, part ** 1.5 * 0.8 - 0.05)),
    };
  };
  const draw = (at: number): string => {
    const { line, colour, foot } = range(at, 8);
    return `<defs>${gradient(`r${at}`, [
      [0, colour],
      [0.75, foot],
    ])}</defs><path d="${ground(line, height)}" fill="url(#r${at})"/>`;
  };
  const far = `<defs>${gradient('sky', [
    [0, '#4d6489'],
    [0.24, '#8f96ac'],
    [0.4, '#e3b6a0'],
    [0.52, '#f9d3a8'],
  ])}
    ${glow('sun', [
      [0, '#fff3d2', 1],
      [0.05, '#ffeab9', 0.95],
      [0.22, '#ffcf93', 0.5],
      [1, '#ffb27a', 0],
    ])}
    ${uneven('cloud', '0.0022 0.011', 4, [255, 226, 205], '0 3.4 0 0 -1.75')}</defs>
    <rect width="${width}" height="${height}" fill="url(#sky)"/>
    <rect width="${width}" height="760" filter="url(#cloud)" opacity=".75"/>
    <circle cx="1080" cy="520" r="620" fill="url(#sun)"/>${times(4, draw)}`;
  const firs = range(6, 9);
  const near = `${times(2, (at) => draw(at + 4))}<path d="${ground(
    firs.line.map(([x, y]) => [x, y + 40]),
    height,
  )}${wood(
    roll,
    firs.line.map(([x, y]) => [x, y + 44]),
    150,
    34,
  )}" fill="#10192a"/>
    <defs>${glow('warm', [
      [0, '#ffd9a0', 0.34],
      [1, '#ffd9a0', 0],
    ])}</defs><ellipse cx="1080" cy="560" rx="760" ry="430" fill="url(#warm)"/>`;
  return { width, height, far, near, corners: 0.34, grain: 9 };
}

/** A mountain and its wood in a lake without wind. */
function lake(): Scene {
  const roll = dice(29);
  const [width, height, shore] = [1200, 1600, 900];
  const peak: Point[] = [
    ...ridge(roll, [-60, 700], [330, 470], 120, 6).slice(0, -1),
    ...ridge(roll, [330, 470], [640, 250], 90, 6).slice(0, -1),
    ...ridge(roll, [640, 250], [900, 520], 110, 6).slice(0, -1),
    ...ridge(roll, [900, 520], [1260, 600], 130, 6),
  ];
  const hills = ridge(roll, [-60, 760], [width + 60, 730], 120, 8);
  const bank = ridge(roll, [-60, 872], [width + 60, 880], 26, 8);
  const stone = `<filter id="stone" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency="0.009 0.013" numOctaves="5" seed="7" result="n"/><feDiffuseLighting in="n" surfaceScale="46" diffuseConstant="1.15" lighting-color="#fff2df"><feDistantLight azimuth="205" elevation="38"/></feDiffuseLighting><feComposite in2="SourceGraphic" operator="in"/></filter>`;
  const land = `<g id="land"><path d="${ground(peak, shore)}" fill="#fff" filter="url(#stone)"/><path d="${ground(peak, shore)}" fill="url(#rock)"/>
    <path d="${ground(hills, shore)}${wood(roll, hills, 70, 16)}" fill="url(#hill)"/><path d="${ground(bank, shore + 4)}${wood(roll, bank, 150, 21)}" fill="url(#wood)"/></g>`;
  const far = `<defs>${stone}${gradient('sky', [
    [0, '#5f93c4'],
    [0.3, '#a5c6dd'],
    [0.56, '#efe6d6'],
  ])}
    ${uneven('cloud', '0.003 0.007', 21, [255, 252, 246], '0 3 0 0 -1.45')}
    ${gradient('rock', [
      [0, '#8fa3bd', 0.08],
      [0.35, '#7289a6', 0.45],
      [1, '#8fa9b8', 0.95],
    ])}
    ${gradient('hill', [
      [0, '#4f6c66'],
      [1, '#7f9a91'],
    ])}${gradient('wood', [
      [0, '#182c2a'],
      [0.8, '#203a34'],
      [1, '#34453a'],
    ])}
    ${gradient('deep', [
      [0, '#12303a', 0.12],
      [0.5, '#0e2b3a', 0.42],
      [1, '#08202d', 0.86],
    ])}
    <filter id="still" x="-0.05" y="0" width="1.1" height="1"><feTurbulence type="turbulence" baseFrequency="0.004 0.05" numOctaves="2" seed="3"/><feDisplacementMap in="SourceGraphic" scale="16" xChannelSelector="R" yChannelSelector="G"/><feGaussianBlur stdDeviation="1 4"/></filter></defs>
    <g id="all"><rect x="-60" width="${width + 120}" height="${shore}" fill="url(#sky)"/><rect x="-60" width="${width + 120}" height="${shore}" filter="url(#cloud)" opacity=".8"/>${land}</g>
    <rect y="${shore}" width="${width}" height="${height - shore}" fill="#6f8794"/><g filter="url(#still)"><use href="#all" transform="translate(0 ${shore * 2}) scale(1 -1)"/></g>
    <rect y="${shore}" width="${width}" height="${height - shore}" fill="url(#deep)"/>`;
  const ripples = times(150, () => {
    const depth = roll() ** 1.6;
    const y = between(shore + 6, height, depth);
    const length = between(30, 260, depth) * (0.4 + roll());
    const x = roll() * width;
    const light = roll() < 0.6;
    return `<path d="M${px(x)} ${px(y)}q${px(length / 2)} ${px(2 + 3 * depth)} ${px(length)} 0q${px(-length / 2)} ${px(-1 - 2 * depth)} ${px(-length)} 0" fill="${light ? '#e8f0f2' : '#08202b'}" opacity="${px(0.06 + 0.12 * roll())}"/>`;
  });
  const stones = times(26, () => {
    const x = roll() * width;
    const y = between(1500, 1620, roll());
    const size = between(26, 95, roll() ** 2) * (y / 1560);
    return `<ellipse cx="${px(x)}" cy="${px(y)}" rx="${px(size)}" ry="${px(size * 0.46)}" fill="url(#pebble)"/>`;
  });
  const near = `<defs>${glow(
    'pebble',
    [
      [0, '#8b8f8c', 1],
      [0.55, '#565d5e', 1],
      [1, '#232a2c', 1],
    ],
    'cx=".38" cy=".2" r=".85"',
  )}</defs>
    <rect y="${shore - 3}" width="${width}" height="5" fill="#dfe9ea" opacity=".25"/>${ripples}${stones}`;
  return { width, height, far, near, corners: 0.3, grain: 9 };
}

/** Firs that the fog takes, one row after the other. */
function fog(): Scene {
  const roll = dice(53);
  const [width, height] = [1200, 1600];
  const pale: Colour = [214, 219, 216];
  const dark: Colour = [26, 38, 36];
  const row = (at: number): string => {
    const part = at / 6;
    const y = between(900, 1560, part);
    const line = ridge(roll, [-40, y], [width + 40, y + 60 * (roll() - 0.5)], 60, 8);
    const colour = mix(pale, dark, 0.12 + 0.88 * part ** 1.3);
    const below = mix(pale, dark, part ** 2 * 0.75);
    const firs = `${ground(line, height)}${wood(roll, line, between(250, 860, part ** 1.3), between(44, 300, part))}`;
    return `<defs>${gradient(`f${at}`, [
      [0, colour],
      [0.45, colour],
      [1, below],
    ])}</defs><path d="${firs}" fill="url(#f${at})"/>
      <rect y="${px(y - 300)}" width="${width}" height="560" fill="url(#mist)" opacity="${(0.95 - part * 0.8).toFixed(2)}"/>`;
  };
  const mist = gradient('mist', [
    [0, '#e6e9e4', 0],
    [0.55, '#e6e9e4', 0.9],
    [1, '#e6e9e4', 0],
  ]);
  const far = `<defs>${mist}${gradient('sky', [
    [0, '#b9c4c7'],
    [0.5, '#e6e7e0'],
    [1, '#cfd5d0'],
  ])}${glow('sun', [
    [0, '#fffbee', 1],
    [0.3, '#fdf3dc', 0.7],
    [1, '#fdf3dc', 0],
  ])}</defs>
    <rect width="${width}" height="${height}" fill="url(#sky)"/><circle cx="430" cy="430" r="640" fill="url(#sun)"/>${times(6, row)}`;
  const near = `<defs>${mist}</defs>${row(6)}`;
  return { width, height, far, near, corners: 0.4, grain: 11 };
}

/** Persimmons on a table, light from a window on the left. */
function persimmons(): Scene {
  const roll = dice(71);
  const [width, height, table] = [1600, 1200, 660];
  const fruit = (x: number, y: number, r: number, turn: number, warm: number): string => {
    const leaf = (angle: number): string =>
      `<path d="M0 0C${px(r * 0.16)} ${px(-r * 0.2)} ${px(r * 0.46)} ${px(-r * 0.16)} ${px(r * 0.56)} ${px(r * 0.05)}C${px(r * 0.36)} ${px(r * 0.12)} ${px(r * 0.14)} ${px(r * 0.14)} 0 0Z" transform="rotate(${angle})"/>`;
    return `<g transform="translate(${x} ${y})"><ellipse cx="${px(r * 0.42)}" cy="${px(r * 0.74)}" rx="${px(r * 1.25)}" ry="${px(r * 0.26)}" fill="#170c07" opacity=".62" filter="url(#soft)"/>
      <ellipse cx="${px(r * 0.08)}" cy="${px(r * 0.79)}" rx="${px(r * 0.72)}" ry="${px(r * 0.12)}" fill="#0c0604" opacity=".8" filter="url(#soft)"/>
      <ellipse rx="${r}" ry="${px(r * 0.84)}" fill="url(#skin${warm})"/><ellipse rx="${r}" ry="${px(r * 0.84)}" fill="url(#shade)"/>
      <ellipse cx="${px(r * 0.3)}" cy="${px(r * 0.6)}" rx="${px(r * 0.6)}" ry="${px(r * 0.18)}" fill="#f0a45c" opacity=".25" filter="url(#soft)"/>
      <g transform="translate(${px(r * 0.1)} ${px(-r * 0.56)}) rotate(${turn}) scale(1 .55)"><g fill="#1d2412" opacity=".5" transform="translate(6 12)" filter="url(#soft)">${[15, 105, 195, 285].map(leaf).join('')}</g><g fill="url(#leaf)">${[10, 100, 190, 280].map(leaf).join('')}</g><circle r="${px(r * 0.09)}" fill="#4a3a20"/></g>
      <ellipse cx="${px(-r * 0.42)}" cy="${px(-r * 0.36)}" rx="${px(r * 0.24)}" ry="${px(r * 0.15)}" transform="rotate(-32 ${px(-r * 0.42)} ${px(-r * 0.36)})" fill="#fff4e2" opacity=".72" filter="url(#shine)"/></g>`;
  };
  const far = `<defs>${gradient(
    'wall',
    [
      [0, '#5d5346'],
      [0.6, '#332b25'],
      [1, '#1c1714'],
    ],
    'x2="1" y2=".35"',
  )}
    ${glow('window', [
      [0, '#f4dfbb', 0.75],
      [0.5, '#c5a77d', 0.28],
      [1, '#c5a77d', 0],
    ])}
    ${uneven('plaster', '0.006 0.006', 5, [20, 15, 11], '0 1.2 0 0 -.42')}
    ${gradient('wood', [
      [0, '#4a3021'],
      [0.25, '#7a5236'],
      [1, '#3d2618'],
    ])}
    ${uneven('grain', '0.0014 0.045', 12, [28, 14, 7], '0 2.6 0 0 -1.02')}
    ${gradient(
      'lit',
      [
        [0, '#ffd9a1', 0.5],
        [0.55, '#ffd9a1', 0.06],
        [1, '#000', 0.45],
      ],
      'x2="1" y2=".2"',
    )}</defs>
    <rect width="${width}" height="${height}" fill="url(#wall)"/><rect width="${width}" height="${table}" filter="url(#plaster)"/>
    <ellipse cx="60" cy="180" rx="900" ry="640" fill="url(#window)"/>
    <g opacity=".8"><path d="M1180 ${table + 20}V330q0-70 60-96v-110h90v110q60 26 60 96v350z" fill="#1f2a2a"/><path d="M1200 ${table}V340q0-56 52-84v-120h16v130q-40 28-40 84v310z" fill="#8aa09a" opacity=".35"/></g>
    <rect y="${table}" width="${width}" height="${height - table}" fill="url(#wood)"/>
    <rect y="${table}" width="${width}" height="${height - table}" filter="url(#grain)"/>
    <rect y="${table}" width="${width}" height="${height - table}" fill="url(#lit)"/>`;
  const cloth = ridge(roll, [-20, 1010], [860, 1230], 40, 6);
  const near = `<defs><filter id="soft" x="-.5" y="-1" width="2" height="3"><feGaussianBlur stdDeviation="14"/></filter><filter id="shine" x="-.5" y="-.5" width="2" height="2"><feGaussianBlur stdDeviation="9"/></filter>
    ${glow(
      'skin0',
      [
        [0, '#ffc06a', 1],
        [0.35, '#f08a33', 1],
        [0.75, '#cf5a1c', 1],
        [1, '#8e3510', 1],
      ],
      'cx=".34" cy=".3" r=".85"',
    )}
    ${glow(
      'skin1',
      [
        [0, '#ffb65c', 1],
        [0.4, '#e87629', 1],
        [0.78, '#bb4814', 1],
        [1, '#7a2a0c', 1],
      ],
      'cx=".34" cy=".3" r=".85"',
    )}
    ${glow(
      'shade',
      [
        [0.6, '#3a1206', 0],
        [1, '#240a04', 0.7],
      ],
      'cx=".36" cy=".32" r=".8"',
    )}
    ${glow('leaf', [
      [0, '#8c8a4e', 1],
      [1, '#4c5429', 1],
    ])}${gradient(
      'linen',
      [
        [0, '#efe3cf'],
        [1, '#b9a78d'],
      ],
      'x2=".7" y2="1"',
    )}</defs>
    <path d="${ground(cloth, height + 200)}" fill="url(#linen)"/><path d="${path(cloth)}" fill="none" stroke="#fff6e6" stroke-width="5" opacity=".6"/>
    ${fruit(1010, 690, 168, 30, 1)}${fruit(660, 700, 186, -14, 0)}${fruit(850, 850, 214, 12, 0)}${fruit(1235, 880, 176, -40, 1)}`;
  return { width, height, far, near, corners: 0.5, grain: 10 };
}

/** A street at night behind a window with rain on it. */
function rain(): Scene {
  const roll = dice(97);
  const [width, height] = [1200, 1600];
  const lamps = ['#ffb347', '#ff8a3d', '#ffd27a', '#ff5e4a', '#7fc7ff', '#ffe2ad', '#61e0c0', '#ff9f68'];
  const disc = (): string => {
    const colour = lamps[Math.floor(roll() * lamps.length)];
    const near = roll();
    const [x, y] = [roll() * width, between(380, 1180, (roll() + roll()) / 2)];
    const r = between(28, 105, near ** 1.6);
    return `<g opacity="${px(between(0.75, 0.3, near) + 0.1 * roll())}"><circle cx="${px(x)}" cy="${px(y)}" r="${px(r)}" fill="${colour}" opacity=".62"/><circle cx="${px(x)}" cy="${px(y)}" r="${px(r * 0.96)}" fill="none" stroke="${colour}" stroke-width="${px(r * 0.07)}"/></g>`;
  };
  const wet = (): string => {
    const colour = lamps[Math.floor(roll() * lamps.length)];
    const x = roll() * width;
    return `<ellipse cx="${px(x)}" cy="${px(between(1180, 1560, roll()))}" rx="${px(between(14, 50, roll()))}" ry="${px(between(60, 190, roll()))}" fill="${colour}" opacity=".22" filter="url(#run)"/>`;
  };
  const far = `<defs>${gradient('night', [
    [0, '#0b1422'],
    [0.45, '#1b2436'],
    [0.72, '#2c2530'],
    [1, '#120f17'],
  ])}
    ${glow('street', [
      [0, '#ff9c4a', 0.5],
      [1, '#ff9c4a', 0],
    ])}<filter id="run" x="-1" y="-.5" width="3" height="2"><feGaussianBlur stdDeviation="10 26"/></filter></defs>
    <rect width="${width}" height="${height}" fill="url(#night)"/><ellipse cx="640" cy="930" rx="820" ry="420" fill="url(#street)"/>
    ${times(34, wet)}<g style="mix-blend-mode:screen">${times(58, disc)}</g>`;
  const drop = (): string => {
    const [x, y] = [roll() * width, roll() * height];
    const r = between(3, 20, roll() ** 3.2);
    return `<g transform="translate(${px(x)} ${px(y)}) scale(${px(r)})"><ellipse cx=".1" cy=".16" rx="1" ry="1.12" fill="#05080e" opacity=".5"/><ellipse rx="1" ry="1.12" fill="url(#drop)"/><circle cx="-.34" cy="-.42" r=".2" fill="#fff" opacity=".85"/><ellipse cx=".22" cy=".55" rx=".5" ry=".24" fill="#ffd9a0" opacity=".55"/></g>`;
  };
  const trail = (): string => {
    const x = roll() * width;
    const y = roll() * 800;
    const length = 200 + roll() * 700;
    return `<path d="M${px(x)} ${px(y)}q${px(18 * (roll() - 0.5))} ${px(length / 2)} ${px(10 * (roll() - 0.5))} ${px(length)}" fill="none" stroke="#cfe0f0" stroke-width="${px(3 + 5 * roll())}" stroke-linecap="round" opacity=".14"/>`;
  };
  const near = `<defs><linearGradient id="drop" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#0a111c" stop-opacity=".75"/><stop offset=".55" stop-color="#66707c" stop-opacity=".35"/><stop offset="1" stop-color="#ffcf98" stop-opacity=".6"/></linearGradient></defs>
    ${times(16, trail)}${times(420, drop)}
    <rect y="${height - 54}" width="${width}" height="54" fill="#0a0807"/><rect y="${height - 58}" width="${width}" height="6" fill="#4a3524" opacity=".8"/>`;
  return { width, height, far, near, corners: 0.45, grain: 13 };
}

/** The sea after the sun has gone into it. */
function sea(): Scene {
  const roll = dice(131);
  const [width, height, horizon] = [1600, 1200, 610];
  const glitter = times(520, () => {
    const depth = roll() ** 2;
    const y = between(horizon + 3, 1010, depth);
    const spread = between(30, 420, depth);
    const x = 930 + (roll() + roll() + roll() - 1.5) * spread * 1.3;
    const length = between(6, 84, depth) * (0.4 + roll());
    return `<ellipse cx="${px(x)}" cy="${px(y)}" rx="${px(length)}" ry="${px(between(0.7, 3.6, depth))}" fill="#ffdfae" opacity="${(0.16 + 0.5 * roll()).toFixed(2)}"/>`;
  });
  const swell = times(170, () => {
    const depth = roll() ** 1.5;
    const y = between(horizon + 4, 1000, depth);
    const length = between(60, 420, depth) * (0.4 + roll());
    const x = roll() * (width + 200) - 100;
    return `<path d="M${px(x)} ${px(y)}q${px(length / 2)} ${px(-3 - 9 * depth)} ${px(length)} 0q${px(-length / 2)} ${px(4 + 8 * depth)} ${px(-length)} 0" fill="${roll() < 0.5 ? '#1b3550' : '#7d7f93'}" opacity="${(0.1 + 0.24 * roll()).toFixed(2)}"/>`;
  });
  const edge = ridge(roll, [-20, 1010], [width + 20, 960], 46, 7);
  const foam = (lift: number, weight: number, opacity: number): string =>
    `<path d="${path(edge.map(([x, y]) => [x, y + lift + 5 * (roll() - 0.5)]))}" fill="none" stroke="#fff6ea" stroke-width="${weight}" stroke-linejoin="round" opacity="${opacity}"/>`;
  const far = `<defs>${gradient('sky', [
    [0, '#394d78'],
    [0.2, '#77799c'],
    [0.36, '#d38f83'],
    [0.46, '#f7b57c'],
    [0.51, '#ffe0a4'],
  ])}
    ${uneven('cloud', '0.0016 0.0085', 17, [92, 70, 104], '0 3.6 0 0 -1.72')}${uneven('edge', '0.0016 0.0085', 17, [255, 190, 140], '0 4.4 0 0 -2.45')}
    ${gradient('water', [
      [0, '#f0b98b'],
      [0.08, '#b88a85'],
      [0.4, '#53607d'],
      [1, '#2d4560'],
    ])}
    ${glow('sun', [
      [0, '#fff6da', 1],
      [0.07, '#ffecb8', 1],
      [0.1, '#ffd48f', 0.75],
      [0.4, '#ffb36b', 0.34],
      [1, '#ff9c5b', 0],
    ])}</defs>
    <rect width="${width}" height="${height}" fill="url(#sky)"/><circle cx="930" cy="566" r="560" fill="url(#sun)"/>
    <rect width="${width}" height="${horizon - 30}" filter="url(#cloud)" opacity=".62"/><rect width="${width}" height="${horizon - 30}" filter="url(#edge)" opacity=".8"/>
    <rect y="${horizon}" width="${width}" height="${height - horizon}" fill="url(#water)"/>
    <path d="M-20 ${horizon}L150 ${horizon - 26}L300 ${horizon - 44}L420 ${horizon - 30}L560 ${horizon}Z" fill="#5a5068" opacity=".85"/>`;
  const near = `<defs>${gradient('sand', [
    [0, '#8d6a5c'],
    [0.25, '#6e5048'],
    [1, '#33262a'],
  ])}${gradient('wet', [
    [0, '#f3c09a', 0.6],
    [0.5, '#c08f80', 0.25],
    [1, '#c08f80', 0],
  ])}
    ${uneven('grain', '0.35 0.5', 3, [20, 12, 12], '0 2 0 0 -.86')}</defs>
    ${swell}${glitter}<path d="${ground(edge, height)}" fill="url(#sand)"/><path d="${ground(edge, height)}" fill="url(#wet)"/>
    ${foam(-9, 10, 0.35)}${foam(-2, 5, 0.8)}${foam(34, 2, 0.25)}
    <g fill="#1c1720" opacity=".85"><path d="M520 420q14-16 28 0q14-16 28 0q-14-7-28 6q-14-13-28-6z"/><path d="M610 386q10-12 20 0q10-12 20 0q-10-5-20 4q-10-9-20-4z"/><path d="M452 470q9-10 18 0q9-10 18 0q-9-4-18 4q-9-8-18-4z"/></g>`;
  return { width, height, far, near, corners: 0.36, grain: 10 };
}

const scenes = { ridges, lake, fog, persimmons, rain, sea } as const;

export type PhotoName = keyof typeof scenes;
export const photoNames = Object.keys(scenes) as readonly PhotoName[];

/** A side of the tile of grain, which is laid over the photo again and again. */
const TILE = 256;

/** Thrown by ourselves: the library's own falls otherwise each time. */
function noise(strength: number): Buffer {
  const roll = dice(7);
  const dots = Buffer.alloc(TILE * TILE * 3);
  for (let at = 0; at < dots.length; at += 3)
    dots.fill(128 + Math.round((roll() + roll() + roll() - 1.5) * 2 * strength), at, at + 3);
  return dots;
}

/** The same picture every time. */
export async function takePhoto(name: PhotoName): Promise<Photo> {
  const scene = scenes[name]();
  const [width, height] = [Math.round(scene.width * SCALE), Math.round(scene.height * SCALE)];
  const light = `<defs>${glow(
    'corners',
    [
      [0.55, '#000', 0],
      [1, '#000', scene.corners],
    ],
    'r=".75"',
  )}</defs><rect width="${scene.width}" height="${scene.height}" fill="url(#corners)"/>`;
  const svg = (inner: string, scale: number): Buffer =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width / scale)}" height="${Math.round(height / scale)}" viewBox="0 0 ${scene.width} ${scene.height}">${inner}</svg>`,
    );
  // In two steps: by itself it would draw a vector as large as it is wanted in the end.
  const small = await sharp(svg(scene.far, SOFT)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const [soft, grain] = await Promise.all([
    sharp(small.data, { raw: small.info }).resize(width, height, { kernel: 'cubic' }).raw().toBuffer(),
    sharp(noise(scene.grain), { raw: { width: TILE, height: TILE, channels: 3 } })
      .blur(0.6)
      .png({ compressionLevel: 0 })
      .toBuffer(),
  ]);
  const jpeg = await sharp(soft, { raw: { width, height, channels: 3 } })
    .composite([{ input: svg(scene.near + light, 1) }, { input: grain, blend: 'soft-light', tile: true }])
    .jpeg({ quality: 80 })
    .toBuffer();
  return { jpeg, width, height };
}
