/** Says that a build ended when nobody looks at the window. */
import { Notification } from 'electron';
import type { BuildEnd } from '../renderer/bridge/bridge.ts';

/** Those on the screen: one that is not held is collected, and its click is never heard. */
const held = new Set<Notification>();

/** @param onClick when the person wants to see it */
export function notifyBuildEnd(end: BuildEnd, icon: string, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title: end.title, body: end.body, icon });
  held.add(notification);
  notification.on('click', onClick);
  notification.on('close', () => held.delete(notification));
  notification.show();
}
