/**
 * Writes another address of the page over this one, at once and for good.
 *
 * Next replaces `window.history.replaceState` by its own, which writes the address a second time when React gets to it: over a link
 * that was followed meanwhile. The browser's own keeps what Next remembers beside the address.
 */
export function replaceAddress(url: string | URL): void {
  History.prototype.replaceState.call(window.history, window.history.state, "", url);
}
