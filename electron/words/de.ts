import type { Words } from './en.ts';

/** Was die Hülle selbst sagt, auf Deutsch. */
export const de: Words = {
  appName: 'Kiln',
  starting: 'Kiln startet …',

  menuFile: 'Datei',
  menuEdit: 'Bearbeiten',
  menuBuild: 'Bauen',
  menuGo: 'Gehe zu',
  menuView: 'Ansicht',
  menuWindow: 'Fenster',
  menuHelp: 'Hilfe',
  newKeymap: 'Neue Belegung',
  open: 'Öffnen …',
  openRecent: 'Zuletzt geöffnet',
  clearRecent: 'Liste leeren',
  save: 'Speichern',
  exportPicture: 'Bild exportieren …',
  print: 'Drucken …',
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  find: 'Tastatur suchen',
  build: 'Bauen',
  cancelBuild: 'Build abbrechen',
  flash: 'Flashen …',
  keyboards: 'Tastaturen',
  editor: 'Editor',
  builds: 'Builds',
  flashPage: 'Flashen',
  health: 'Zustand',
  settings: 'Einstellungen …',
  configurator: 'QMK Configurator',
  openLogs: 'Ordner der Protokolle öffnen',
  restartService: 'Dienst neu starten',
  about: 'Über Kiln',
  quit: 'Kiln beenden',
  showKiln: 'Kiln zeigen',

  trayIdle: 'Kiln: bereit',
  trayBuilding: 'Kiln: baut',
  trayStarting: 'Kiln: startet',
  trayTrouble: 'Kiln: Der Dienst läuft nicht',

  quitTitle: 'Ein Build ist nicht fertig',
  quitMessage:
    'Ein Build läuft oder wartet noch. Er kommt zurück in die Warteschlange und beginnt beim nächsten Start von vorn.',
  quitNow: 'Beenden',
  quitHide: 'Im Hintergrund weiterbauen',
  quitStay: 'Bleiben',

  leaveMessage: 'QMK Configurator verlassen?',
  leaveDetail: 'Änderungen an der Belegung, die nicht heruntergeladen wurden, gehen verloren.',
  leave: 'Verlassen',
  stay: 'Bleiben',

  externalMessage: 'Diese Seite im Browser öffnen?',
  externalOpen: 'Im Browser öffnen',
  externalCancel: 'Abbrechen',

  filterKeymaps: 'Belegungen',
  filterAll: 'Alle Dateien',
  cannotOpen: 'Das lässt sich nicht öffnen',
  close: 'Schließen',

  troubleTitle: 'Kilns Dienst läuft nicht',
  troubleRetry: 'Noch einmal versuchen',
  troubleOtherPort: 'Diesmal einen anderen Port nehmen',
  troubleOtherPortNote:
    'Programme, die Kiln an der üblichen Adresse erwarten, etwa ein Configurator anderswo, finden es dann nicht.',
  troubleLogs: 'Ordner der Protokolle öffnen',
  troubleQuit: 'Beenden',
  troubleDetails: 'Was der Dienst zuletzt sagte',

  noDevice: 'Keine Tastatur ist im Bootloader, die Kiln flashen könnte.',
  flashElsewhere:
    'Kilns eigenes Fenster hat die Firmware: Es prüft sie, sagt, wie die Tastatur in ihren Bootloader kommt, und flasht, wenn du es dort startest.',
  imageRefused: 'Die Firmware wurde nicht geholt: Ihre Adresse ist keine dieses Dienstes.',
};
