/** What a session of windows may load, and what it may ask of the machine: the service, and nothing. */
import type { DownloadItem, Session } from 'electron';
import type { ShellLog } from '../log.ts';
import { isAllowedRequest, withPolicy } from './page-policy.ts';

/** @param origin asked anew for each request: the service may come back on another port. Null for none. */
export function guardSession(session: Session, origin: () => string | null, log: ShellLog): void {
  const origins = () => [origin()].filter((url): url is string => url !== null);
  const isAllowed = (url: string): boolean => isAllowedRequest(url, origins());
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    const allowed = isAllowed(url);
    if (!allowed) log.write('warn', `refused a request: ${url.slice(0, 200)}`);
    decide({ cancel: !allowed });
  });
  session.webRequest.onHeadersReceived(({ responseHeaders }, decide) => {
    decide({ responseHeaders: withPolicy(responseHeaders ?? {}) });
  });
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    const allowed = isPermitted(permission);
    if (!allowed) log.write('warn', `refused the permission ${permission}`);
    decide(allowed);
  });
  session.setPermissionCheckHandler((_contents, permission) => isPermitted(permission));
  // Serial, HID and USB are reached by the service; not in older Electrons.
  session.setDevicePermissionHandler?.(() => false);
  session.on('will-download', (event, item: DownloadItem) => {
    if (isAllowed(item.getURL())) return;
    event.preventDefault();
    log.write('warn', `refused a download: ${item.getURL().slice(0, 200)}`);
  });
}

/** A page may write text to the clipboard when the person clicks on Copy. Reading it is nobody's business. */
function isPermitted(permission: string): boolean {
  return permission === 'clipboard-sanitized-write';
}
