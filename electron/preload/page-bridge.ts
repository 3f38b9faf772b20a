/**
 * `window.Bridge` as QMK Configurator expects it, made in the page's own world: it is text, since functions of a preload
 * live in another one. Pure.
 *
 * The app reads `enableFlashing`, sets `autoFlash`, `statusAppend` and `statusAppendNoLF`, and calls
 * `flashURL(url, keyboard, filename)` and `flashFile()`.
 */

/** Where the preload puts its functions; frozen, and of no use to a page but through these. */
export const PAGE_BRIDGE_NAME = 'kilnConfigurator';

export const PAGE_BRIDGE = `(() => {
  const shell = window.${PAGE_BRIDGE_NAME};
  const say = (lines) => {
    for (const line of lines) Bridge.statusAppend(line);
  };
  const fail = (error) => say([String((error && error.message) || error)]);
  const Bridge = {
    // Switches the button for files on.
    enableFlashing: true,
    autoFlash: false,
    statusAppend() {},
    statusAppendNoLF() {},
    flashURL(url, keyboard, fileName) {
      const image = { url: String(url), keyboard: String(keyboard), fileName: String(fileName) };
      shell.flashImage(image).then(say, fail);
    },
    flashFile() {
      shell.flashFile().then(say, fail);
    },
  };
  Object.defineProperty(window, 'Bridge', { value: Bridge, configurable: true, writable: true });
})();`;
