/** What a page complains about: a journey with an error in the console has failed. */
import type { Page } from 'playwright-core';

/** What a browser says by itself when the network, or the server behind it, is gone. */
const NETWORK = /net::ERR_|WebSocket connection to|Failed to load resource/;

/** Collects what a page throws and complains about. `excused`: whether the network is known to be gone. */
export function listen(page: Page, problems: string[], excused: () => boolean): void {
  page.on('pageerror', (error) => problems.push(`${page.url()} threw ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} (${message.location().url})`;
    if (excused() && NETWORK.test(text)) return;
    problems.push(`${page.url()} console: ${text}`);
  });
}
