/**
 * The one map of what pages and the shell say to each other, and its names at run time. The app's part is the bridge of
 * the page; the Configurator's is here, since that page knows nothing of it.
 */
import type {
  DesktopEvents,
  DesktopNotices,
  DesktopRequests,
} from '../../renderer/bridge/bridge.ts';

/** What the Configurator's window may ask; all answers are lines for its terminal. */
export interface ConfiguratorRequests {
  /** Writes the image of a finished build to the attached keyboard. */
  'flash-image': (image: ConfiguratorImage) => readonly string[];
  /** Writes an image that the person chooses. */
  'flash-file': () => readonly string[];
}

export interface ConfiguratorImage {
  /** As the service named it in the job's result. */
  readonly url: string;
  readonly keyboard: string;
  readonly fileName: string;
}

/** Everything that is asked and answered. */
export type Requests = DesktopRequests & DesktopNotices & ConfiguratorRequests;
export type AppMessage = keyof (DesktopRequests & DesktopNotices);

const REQUESTS = {
  'session-token': true,
  'app-info': true,
  'open-keymap': true,
  'save-file': true,
  'choose-folder': true,
  'show-logs': true,
  'open-configurator': true,
  'open-external': true,
  'restart-service': true,
} as const satisfies Record<keyof DesktopRequests, true>;

const NOTICES = {
  title: true,
  progress: true,
  'build-ended': true,
} as const satisfies Record<keyof DesktopNotices, true>;

const EVENTS = {
  command: true,
  'keymap-opened': true,
  navigate: true,
  service: true,
} as const satisfies Record<keyof DesktopEvents, true>;

// Not `in`, which knows what every object has, nor `hasOwn`, which older Electrons do not have.
const isIn = (names: object, name: string) => Object.keys(names).includes(name);

export const isRequest = (name: string): name is keyof DesktopRequests => isIn(REQUESTS, name);
export const isNotice = (name: string): name is keyof DesktopNotices => isIn(NOTICES, name);
export const isEvent = (name: string): name is keyof DesktopEvents => isIn(EVENTS, name);

/** Electron's channel of a message that is answered. */
export const requestChannel = (name: keyof Requests): string => `kiln:request:${name}`;
export const eventChannel = (name: keyof DesktopEvents): string => `kiln:event:${name}`;
/** The page began to listen for an event: what waited for that can be sent. */
export const LISTENING_CHANNEL = 'kiln:listening';

/** Every answer's form: Electron would pass on no more than the text of an error. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };
