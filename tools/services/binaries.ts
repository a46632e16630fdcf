/** Where the programs are that tests need and npm cannot bring. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const INSTALL_POSTGRES =
  'Install its server, of any version (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql), ' +
  'or put the folder of its binaries on the PATH.';

export const INSTALL_NATS =
  'Install nats-server (Debian, Ubuntu: apt-get install nats-server; macOS: brew install nats-server).';

export const INSTALL_NGINX =
  'Install nginx (Debian, Ubuntu: apt-get install nginx-light; macOS: brew install nginx).';

export const INSTALL_CLAMAV =
  'Install clamd (Debian, Ubuntu: apt-get install clamav-daemon; macOS: brew install clamav).';

const INSTALL_FFMPEG = 'Install ffmpeg (Debian, Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg).';

const INSTALL_HEIF =
  'Install heif-enc and heif-convert (Debian, Ubuntu: apt-get install libheif-examples; macOS: brew install libheif).';

export const INSTALL_CHROMIUM =
  'Install Chromium or Chrome (Debian: apt-get install chromium), or name its executable in KITH_CHROMIUM.';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const onPath = () => (process.env.PATH ?? '').split(delimiter).filter(Boolean);

/**
 * The folder that holds both `initdb` and `postgres`: of the PATH, else of the newest version that
 * Debian's packages installed beside it.
 */
export function findPostgresBinaries(): string | undefined {
  const base = '/usr/lib/postgresql';
  let versions: string[] = [];
  try {
    versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
  } catch {
    // Not Debian, or nothing installed.
  }
  const folders = [...onPath(), ...versions.map((version) => join(base, version, 'bin'))];
  return folders.find(
    (folder) => isExecutable(join(folder, 'initdb')) && isExecutable(join(folder, 'postgres')),
  );
}

/** Debian puts servers where only root's PATH looks. */
const findServer = (name: string): string | undefined =>
  [...onPath(), '/usr/sbin', '/usr/local/sbin'].map((folder) => join(folder, name)).find(isExecutable);

/** The executable of the NATS server. */
export const findNats = (): string | undefined => findServer('nats-server');

/** The executable of nginx. */
export const findNginx = (): string | undefined => findServer('nginx');

/** The executable of ClamAV's scanner. */
export const findClamd = (): string | undefined => findServer('clamd');

const findFfmpeg = (): string | undefined => findServer('ffprobe') && findServer('ffmpeg');

const findHeif = (): string | undefined => findServer('heif-convert') && findServer('heif-enc');

/** The executable of a Chromium or Chrome: the one named in KITH_CHROMIUM, else the first on the PATH. */
export function findChromium(): string | undefined {
  if (process.env.KITH_CHROMIUM) return process.env.KITH_CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const candidates = onPath().flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find(isExecutable);
}

/**
 * Chromium without its windows: the same engine, and a fifth less work where most of the work is the browser's. Without it, or
 * when KITH_CHROMIUM names another, the whole one does.
 */
export function findChromiumShell(): string | undefined {
  if (process.env.KITH_CHROMIUM) return process.env.KITH_CHROMIUM;
  const names = ['chromium-headless-shell', 'chrome-headless-shell'];
  return onPath()
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
}

/** What Debian calls each of them. */
export const programs = {
  postgres: { find: findPostgresBinaries, packages: ['postgresql'], howTo: INSTALL_POSTGRES },
  nats: { find: findNats, packages: ['nats-server'], howTo: INSTALL_NATS },
  nginx: { find: findNginx, packages: ['nginx-light'], howTo: INSTALL_NGINX },
  clamav: { find: findClamd, packages: ['clamav-daemon'], howTo: INSTALL_CLAMAV },
  ffmpeg: { find: findFfmpeg, packages: ['ffmpeg'], howTo: INSTALL_FFMPEG },
  heif: { find: findHeif, packages: ['libheif-examples'], howTo: INSTALL_HEIF },
  // The fonts: reactions are emoji, and a page without glyphs has another layout.
  chromium: {
    find: findChromium,
    packages: ['chromium', 'fonts-noto-color-emoji'],
    howTo: INSTALL_CHROMIUM,
  },
  chromiumShell: {
    find: findChromiumShell,
    packages: ['chromium-headless-shell'],
    howTo: INSTALL_CHROMIUM,
  },
} as const;
export type Program = keyof typeof programs;
