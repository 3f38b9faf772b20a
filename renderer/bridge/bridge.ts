/**
 * What the desktop adds to the page, as one typed map. The shell's preload puts an object of this type at
 * `window.kiln`; in a browser there is none, and the page offers what a browser can do.
 *
 * The only file of this folder that other rooms may import, and types only: electron/ implements it.
 */

/** Questions of the page to the shell. Everything is data that can be cloned. */
export interface DesktopRequests {
  /** The session token of the service that the shell started or is attached to. */
  'session-token': () => string;
  'app-info': () => DesktopInfo;
  /** Shows the system's dialog; null when nothing was chosen. */
  'open-keymap': () => OpenedFile | null;
  /** Shows the system's dialog; the path that was written to, or null. */
  'save-file': (file: FileToSave) => string | null;
  /** Shows the folder chooser, for a firmware tree that is used in place. */
  'choose-folder': () => string | null;
  /** Opens the folder of logs in the system's file manager. */
  'show-logs': () => void;
  /** Opens the built Configurator in a window of its own. */
  'open-configurator': () => void;
  /** Opens an `https:` address in the person's browser, after the shell has looked at it. */
  'open-external': (address: string) => void;
  /** Starts a service again that could not be started or that died. */
  'restart-service': () => void;
}

/** What the page tells the shell, without an answer. */
export interface DesktopNotices {
  /** Shown in the title of the window and in the system's list of windows. */
  title: (text: string) => void;
  /** A build runs: `fraction` 0 to 1, or null while no end is known; absent build: null. */
  progress: (build: { readonly fraction: number | null } | null) => void;
  /** A build ended; the shell says so when the window is not in front. */
  'build-ended': (end: BuildEnd) => void;
}

/** What the shell tells the page. */
export interface DesktopEvents {
  /** A menu command or its accelerator. */
  command: (command: DesktopCommand) => void;
  /** A keymap came by double-click, by drop on the icon, or by a second start. */
  'keymap-opened': (file: OpenedFile) => void;
  /** A `kiln://` address was followed: the path of a page, checked by the shell. */
  navigate: (path: string) => void;
  service: (state: ServiceState) => void;
}

export type DesktopCommand =
  | 'new'
  | 'open'
  | 'save'
  | 'export-picture'
  | 'print'
  | 'undo'
  | 'redo'
  | 'build'
  | 'flash'
  | 'cancel-build'
  | 'find'
  | 'go-keyboards'
  | 'go-editor'
  | 'go-builds'
  | 'go-flash'
  | 'go-health'
  | 'go-settings'
  | 'go-about';

export interface DesktopInfo {
  readonly version: string;
  /** `process.platform`. */
  readonly platform: string;
  readonly electron: string;
  readonly chromium: string;
}

export interface OpenedFile {
  /** Without its folder, which is the person's own business. */
  readonly name: string;
  readonly text: string;
}

export interface FileToSave {
  readonly name: string;
  readonly mediaType: string;
  readonly content: string | Uint8Array;
}

export interface BuildEnd {
  readonly jobId: string;
  /** What to call it, in the person's language. */
  readonly title: string;
  readonly body: string;
}

export interface ServiceState {
  readonly state: 'starting' | 'running' | 'gone' | 'failed';
  /** Why, in a sentence, when it failed. */
  readonly message: string | null;
}

type Answer<Handler> = Handler extends (...parameters: never[]) => infer Result ? Result : never;
type Parameters_<Handler> = Handler extends (...parameters: infer Given) => unknown ? Given : never;

/** The object at `window.kiln`. */
export interface DesktopBridge {
  request<Name extends keyof DesktopRequests>(
    name: Name,
    ...parameters: Parameters_<DesktopRequests[Name]>
  ): Promise<Answer<DesktopRequests[Name]>>;
  notify<Name extends keyof DesktopNotices>(
    name: Name,
    ...parameters: Parameters_<DesktopNotices[Name]>
  ): void;
  /** @returns what ends the subscription. */
  on<Name extends keyof DesktopEvents>(name: Name, listener: DesktopEvents[Name]): () => void;
}
