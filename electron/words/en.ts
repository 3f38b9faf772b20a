/** What the shell says by itself, in English. The page has its own catalogue. */
export const en = {
  appName: 'Kiln',
  starting: 'Starting Kiln …',

  menuFile: 'File',
  menuEdit: 'Edit',
  menuBuild: 'Build',
  menuGo: 'Go',
  menuView: 'View',
  menuWindow: 'Window',
  menuHelp: 'Help',
  newKeymap: 'New keymap',
  open: 'Open …',
  openRecent: 'Open recent',
  clearRecent: 'Clear this list',
  save: 'Save',
  exportPicture: 'Export picture …',
  print: 'Print …',
  undo: 'Undo',
  redo: 'Redo',
  find: 'Find keyboard',
  build: 'Build',
  cancelBuild: 'Cancel build',
  flash: 'Flash …',
  keyboards: 'Keyboards',
  editor: 'Editor',
  builds: 'Builds',
  flashPage: 'Flash',
  health: 'Health',
  settings: 'Settings …',
  configurator: 'QMK Configurator',
  openLogs: 'Open logs folder',
  restartService: 'Restart service',
  about: 'About Kiln',
  quit: 'Quit Kiln',
  showKiln: 'Show Kiln',

  trayIdle: 'Kiln: ready',
  trayBuilding: 'Kiln: building',
  trayStarting: 'Kiln: starting',
  trayTrouble: 'Kiln: the service does not run',

  quitTitle: 'A build is not finished',
  quitMessage:
    'A build is still running or waiting. It goes back to the queue and starts again with Kiln.',
  quitNow: 'Quit',
  quitHide: 'Keep building in the background',
  quitStay: 'Stay',

  leaveMessage: 'Leave QMK Configurator?',
  leaveDetail: 'Changes of the keymap that were not downloaded are lost.',
  leave: 'Leave',
  stay: 'Stay',

  externalMessage: 'Open this page in your browser?',
  externalOpen: 'Open in browser',
  externalCancel: 'Cancel',

  filterKeymaps: 'Keymaps',
  filterAll: 'All files',
  cannotOpen: 'This cannot be opened',
  close: 'Close',

  troubleTitle: 'Kiln’s service does not run',
  troubleRetry: 'Try again',
  troubleOtherPort: 'Use another port this time',
  troubleOtherPortNote:
    'Programs that expect Kiln at its usual address, such as a Configurator elsewhere, do not find it then.',
  troubleLogs: 'Open logs folder',
  troubleQuit: 'Quit',
  troubleDetails: 'What the service said last',

  noDevice: 'No keyboard is in bootloader mode that Kiln could flash.',
  flashElsewhere:
    'Kiln’s own window has the firmware: it checks it, says how your keyboard gets into its bootloader, and flashes when you start it there.',
  imageRefused: 'The firmware was not fetched: its address is not one of this service.',
};

export type Words = typeof en;
