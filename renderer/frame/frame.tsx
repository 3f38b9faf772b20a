import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BuildDock } from '../builds/build-dock.tsx';
import { Announcer } from '../controls/announcer.tsx';
import { useDesktopCommands } from './desktop-commands.ts';
import styles from './frame.module.css';
import { IncomingFiles } from './incoming-files.tsx';
import { OfflineBar } from './offline-bar.tsx';
import { Rail } from './rail.tsx';
import { RemoteKeymap } from './remote-keymap.tsx';
import { TitleBarFrame } from './title-bar.tsx';
import { UnpackingBar } from './unpacking-bar.tsx';

/** What stays while pages change: rail, title bar, build dock, and the word that the service is gone. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  useDesktopCommands();
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        {t('frame.skip')}
      </a>
      <Rail />
      <div className={styles.column}>
        <TitleBarFrame>
          <OfflineBar />
          <UnpackingBar />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a page without anything to focus has to scroll too */}
          <main id="content" className={styles.content} tabIndex={0}>
            {children}
          </main>
        </TitleBarFrame>
        <BuildDock />
      </div>
      <IncomingFiles />
      <RemoteKeymap />
      <Announcer />
    </div>
  );
}
