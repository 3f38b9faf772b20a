/** Hears what a person wants opened, wherever it comes from: this start, a second one, or macOS. */
import { type App, app, type Event } from 'electron';
import { type Asked, askedBy } from './command-line.ts';
import { isKilnLink, SCHEME } from './kiln-link.ts';

export interface Opens {
  /** Hands over what was heard so far, and what comes. */
  deliverTo(receiver: (asked: Asked) => void): void;
}

/** Called before the program is ready. */
export function hearOpens(): Opens {
  // The program's folder stands on the command line when it is run from its sources.
  const ownArguments = app.isPackaged ? 0 : 1;
  const early: Asked[] = [askedBy(process.argv, ownArguments, process.cwd())];
  let receive = (asked: Asked): void => {
    early.push(asked);
  };
  const onMac = (name: 'open-file' | 'open-url'): void => {
    (app as App & NodeJS.EventEmitter).on(name, (event: Event, what: string) => {
      event.preventDefault();
      receive(isKilnLink(what) ? { files: [], links: [what] } : { files: [what], links: [] });
    });
  };
  onMac('open-file');
  onMac('open-url');
  app.on('second-instance', (_event, argv, cwd) => receive(askedBy(argv, ownArguments, cwd)));
  return {
    deliverTo(receiver) {
      receive = receiver;
      for (const asked of early.splice(0)) receive(asked);
      // Only a packaged program has a name that the system can start it by.
      if (app.isPackaged) app.setAsDefaultProtocolClient(SCHEME);
    },
  };
}
