import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'wouter';
import { PageTabs } from '../controls/page-tabs.tsx';
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
      <PageTabs
        tabs={TABS.map((one) => ({ name: one, path: pathOf(one), text: t(`flash.tabs.${one}`) }))}
        current={tab}
        label={t('flash.tabs.label')}
      />
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
