/**
 * Runs before QMK Configurator, apart from it. That app wants an object `window.Bridge` on which it can set properties;
 * what a context bridge makes is frozen. So the bridge exposes two functions under another name, and a few lines in the
 * page's own world make the object of them. Why so: docs/decisions/configurator-bridge.md.
 */
import { contextBridge, webFrame } from 'electron';
import { ask } from './ask.ts';
import { PAGE_BRIDGE, PAGE_BRIDGE_NAME } from './page-bridge.ts';

contextBridge.exposeInMainWorld(PAGE_BRIDGE_NAME, {
  flashImage: (image: unknown) => ask('flash-image', [image]),
  flashFile: () => ask('flash-file', []),
});

// Done before the page's own scripts run, since those wait for the page to be read.
void webFrame.executeJavaScript(PAGE_BRIDGE);
