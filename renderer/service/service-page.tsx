import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import { PageTabs } from '../controls/page-tabs.tsx';
import { SessionGate } from '../frame/session-gate.tsx';
import { PageTitle } from '../frame/title-bar.tsx';
import { QueueTab } from './queue-tab.tsx';
import { ScheduleTab } from './schedule-tab.tsx';
import { TestBuildsTab } from './test-builds-tab.tsx';

const TABS = ['queue', 'schedule', 'test-builds'] as const;
const TEXTS = {
  queue: 'service.tabs.queue',
  schedule: 'service.tabs.schedule',
  'test-builds': 'service.tabs.tests',
} as const;

/**
 * `/service`, `/service/queue/<job>`, `/service/schedule`, `/service/test-builds/<keyboard>`: what the service does for
 * everybody who builds with it, and by itself. For the one who runs it.
 */
export default function ServicePage() {
  const { t } = useTranslation();
  // What lies behind the tab's name may have slashes: a keyboard's name.
  const { tab: name, '*': rest } = useParams<{ tab?: string; '*'?: string }>();
  const tab = TABS.find((one) => one === name) ?? 'queue';
  const selected = rest === undefined || rest === '' ? null : decodeURIComponent(rest);
  return (
    <>
      <PageTitle title={t('service.title')} />
      <PageTabs
        tabs={TABS.map((one) => ({ name: one, path: `/service/${one}`, text: t(TEXTS[one]) }))}
        current={tab}
        label={t('service.tabs.label')}
      />
      <SessionGate>
        {tab === 'queue' && <QueueTab selected={selected} />}
        {tab === 'schedule' && <ScheduleTab />}
        {tab === 'test-builds' && <TestBuildsTab selected={selected} />}
      </SessionGate>
    </>
  );
}
