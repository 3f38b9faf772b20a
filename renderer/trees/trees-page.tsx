import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWork } from '../api/background-work.ts';
import { get } from '../api/client.ts';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { SessionGate } from '../frame/session-gate.tsx';
import { PageActions, PageTitle } from '../frame/title-bar.tsx';
import { AddTree } from './add-tree.tsx';
import { TreeCard } from './tree-card.tsx';
import styles from './trees-page.module.css';
import { FailedWork, WorkLine } from './work-line.tsx';

/** Where keyboards come from: the firmware trees, and what can be done with them. */
export default function TreesPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle title={t('trees.title')} />
      <SessionGate>
        <Trees />
      </SessionGate>
    </>
  );
}

function Trees() {
  const { t } = useTranslation();
  const work = useWork();
  const [adding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['trees'],
    queryFn: ({ signal }) => get('/kiln/v1/trees', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.trees.some(({ catalogue }) => catalogue.state === 'indexing') ? 1500 : 15_000,
  });
  const trees = data?.trees ?? [];
  const known = new Set(trees.map(({ name }) => name));
  const coming = work.filter(({ kind, subject }) => kind === 'add-tree' && !known.has(subject));
  return (
    <div className={styles.page}>
      <PageActions>
        <Button kind="primary" icon={<Plus />} onClick={() => setAdding(true)}>
          {t('trees.add')}
        </Button>
      </PageActions>
      <p className={styles.lead}>{t('trees.lead')}</p>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {coming.map((one) => (
        <section key={one.subject} className={styles.coming} aria-label={one.subject}>
          <h2>{one.subject}</h2>
          {one.state === 'running' ? <WorkLine work={one} /> : <FailedWork work={one} />}
        </section>
      ))}
      <ul className={styles.list}>
        {trees.map((tree) => (
          <li key={tree.name}>
            <TreeCard
              tree={tree}
              work={work.find(({ subject }) => subject === tree.name) ?? null}
            />
          </li>
        ))}
      </ul>
      <AddTree
        open={adding}
        hasQmk={trees.some(({ kind }) => kind !== 'starter')}
        onClose={() => setAdding(false)}
      />
    </div>
  );
}
