import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'wouter';
import { SessionGate } from '../frame/session-gate.tsx';
import { PageTitle } from '../frame/title-bar.tsx';
import { Console } from './console.tsx';
import { DeviceList } from './device-list.tsx';
import { FlashHistory } from './flash-history.tsx';
import styles from './flash-page.module.css';
import { FlashPath } from './flash-path.tsx';
import { flashBuild } from './flash-store.ts';
import { KeyTester } from './key-tester.tsx';

const TABS = ['write', 'history', 'console', 'keys'] as const;
type Tab = (typeof TABS)[number];

const pathOf = (tab: Tab) => (tab === 'write' ? '/flash' : `/flash/${tab}`);

/** `/flash` and `/flash/<tab>`: what is attached, and how an image gets onto it. `?job=…` brings a build along. */
export default function FlashPage() {
  const { t } = useTranslation();
  const { tab: name, id } = useParams<{ tab?: string; id?: string }>();
  const tab = TABS.find((one) => one === name) ?? 'write';
  useBroughtBuild();
  return (
    <>
      <PageTitle title={t('flash.title')} />
      <nav className={styles.tabs} aria-label={t('flash.tabs.label')}>
        {TABS.map((one) => (
          <Link
            key={one}
            href={pathOf(one)}
            className={styles.tab}
            aria-current={one === tab ? 'page' : undefined}
          >
            {t(`flash.tabs.${one}`)}
          </Link>
        ))}
      </nav>
      <SessionGate>
        {tab === 'write' && (
          <div className={styles.page}>
            <FlashPath />
            <DeviceList />
          </div>
        )}
        {tab === 'history' && <FlashHistory selected={id ?? null} />}
        {tab === 'console' && <Console />}
        {tab === 'keys' && <KeyTester />}
      </SessionGate>
    </>
  );
}

/** `?job=…`, once. */
function useBroughtBuild(): void {
  const [search, setSearch] = useSearchParams();
  const job = search.get('job');
  useEffect(() => {
    if (job === null) return;
    flashBuild(job);
    setSearch({}, { replace: true });
  }, [job, setSearch]);
}
