/** What the parts of the shell share, put together once; and the only file of it that reads the environment. */
import { join } from 'node:path';
import { app } from 'electron';
import { openShellLog, type ShellLog } from './log.ts';
import { findPlace, findServiceProgram, type Place, serviceEnvironment } from './place.ts';
import { createServiceKeeper, type ServiceKeeper } from './service/keep-service.ts';
import { startServiceProcess } from './service/service-process.ts';
import type { Words } from './words/en.ts';
import { wordsFor } from './words/words.ts';

export interface Shell {
  readonly place: Place;
  readonly log: ShellLog;
  readonly words: Words;
  /** For `lang` of pages: `en`, `de`. */
  readonly language: string;
  /** The path of a preload or picture that was bundled with the program. */
  readonly file: (name: string) => string;
}

/** Before Electron is ready: its own data goes into the data folder as well. */
export function findShellPlace(): Place {
  const place = findPlace(process.env);
  app.setPath('userData', place.shellData);
  return place;
}

/** Once Electron is ready, since only then the language is known. */
export function openShell(place: Place): Shell {
  const words = wordsFor(app.getLocale());
  return {
    place,
    log: openShellLog(join(place.logs, 'shell.log')),
    words,
    language: /^de\b/.test(app.getLocale()) ? 'de' : 'en',
    file: (name) => join(__dirname, name),
  };
}

export function keepService({ place, log }: Shell): ServiceKeeper {
  const environment = process.env;
  const program = findServiceProgram({
    resources: app.isPackaged ? process.resourcesPath : null,
    home: join(__dirname, '../..'),
    platform: process.platform,
    path: environment.PATH ?? '',
  });
  return createServiceKeeper({
    place,
    log,
    run: ({ port }) =>
      startServiceProcess({
        program,
        env: { ...serviceEnvironment(environment), KILN_DATA_DIR: place.dataDir },
        cwd: app.getPath('home'),
        logFile: join(place.logs, 'service.log'),
        ...(port === undefined ? {} : { port }),
      }),
  });
}
