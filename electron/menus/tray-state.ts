/** What the tray shows, from what is known of the service and its builds. Pure. */
import type { ServiceState } from '../../renderer/bridge/bridge.ts';
import type { Words } from '../words/en.ts';

export interface Activity {
  /** Builds that run or wait, as the service counts them. */
  readonly running: number;
  readonly queued: number;
  /** Of the build that the page follows, 0 to 1; null while no end is known, or there is none. */
  readonly fraction: number | null;
}

export const IDLE: Activity = { running: 0, queued: 0, fraction: null };

export interface TrayState {
  readonly tooltip: string;
  /** One line, for menus where a tooltip is not shown. */
  readonly line: string;
  /** Which drawing: a filled kiln while it fires. */
  readonly icon: 'idle' | 'busy' | 'trouble';
}

export function trayState(
  words: Words,
  service: ServiceState['state'],
  activity: Activity,
): TrayState {
  const state = (line: string, icon: TrayState['icon']): TrayState => ({
    tooltip: line,
    line,
    icon,
  });
  if (service === 'failed' || service === 'gone') return state(words.trayTrouble, 'trouble');
  if (service === 'starting') return state(words.trayStarting, 'idle');
  if (activity.running + activity.queued === 0) return state(words.trayIdle, 'idle');
  const percent = activity.fraction === null ? '' : `, ${Math.round(activity.fraction * 100)} %`;
  const waiting = activity.queued === 0 ? '' : ` (+${activity.queued})`;
  return state(`${words.trayBuilding}${percent}${waiting}`, 'busy');
}
