import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { get } from '../api/client.ts';
import { buttonClass } from '../controls/button.tsx';
import { CopyText } from '../controls/copy-text.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Notice } from '../controls/notice.tsx';
import { formatNumber } from '../i18n/format.ts';
import page from './service-page.module.css';
import {
  allKeyboards,
  chosenKeyboards,
  type TestBuilds,
  type TestVerdict,
  useTestBuilds,
  VERDICTS,
} from './test-builds.ts';
import styles from './test-builds-tab.module.css';
import { TestDetails } from './test-details.tsx';
import { TestList } from './test-list.tsx';

/** Which keyboards of a tree build, as the test builds found. */
export function TestBuildsTab({ selected }: { readonly selected: string | null }) {
  const trees = useQuery({
    queryKey: ['trees'],
    queryFn: ({ signal }) => get('/kiln/v1/trees', { signal }),
  });
  const [chosen, setChosen] = useState<string | null>(null);
  const names = trees.data?.trees.map(({ name }) => name) ?? [];
  const tree = chosen ?? trees.data?.trees.find(({ isDefault }) => isDefault)?.name ?? null;
  const { data: view, error, refetch } = useTestBuilds(tree);
  const failed = trees.error ?? error;
  const keyboards = useMemo(() => (view === undefined ? [] : allKeyboards(view)), [view]);
  const shown = keyboards.find(({ keyboard }) => keyboard === selected);
  return (
    <div className={page.page}>
      <div className={page.main}>
        {failed !== null && <ErrorNotice error={failed} onRetry={() => void refetch()} />}
        {view !== undefined && (
          <>
            <State view={view} />
            <Found
              view={view}
              keyboards={keyboards}
              selected={selected}
              trees={names}
              onTree={setChosen}
            />
          </>
        )}
      </div>
      {view !== undefined && shown !== undefined && (
        <TestDetails key={`${view.tree} ${shown.keyboard}`} tree={view.tree} tested={shown} />
      )}
    </div>
  );
}

/** What the test builds do now, or how they are turned on. */
function State({ view: { state, keyboard, keyboards } }: { readonly view: TestBuilds }) {
  const { t } = useTranslation();
  if (state === 'off') {
    return (
      <Notice
        tone="info"
        title={t('service.tests.off')}
        actions={
          <Link href="/settings" className={buttonClass('plain', 'small')}>
            {t('service.toSettings')}
          </Link>
        }
      >
        {keyboards.length > 0 ? (
          <p>{t('service.tests.kept')}</p>
        ) : (
          <>
            <p>{t('service.tests.offBody')}</p>
            <CopyText text="KILN_TEST_BUILDS=on" />
          </>
        )}
      </Notice>
    );
  }
  return (
    <p className={styles.state}>
      {state === 'building' && keyboard !== null
        ? t('service.tests.building', { keyboard })
        : t(state === 'resting' ? 'service.tests.resting' : 'service.tests.yielding')}
    </p>
  );
}

function Found({
  view,
  keyboards,
  selected,
  trees,
  onTree,
}: {
  readonly view: TestBuilds;
  readonly keyboards: ReturnType<typeof allKeyboards>;
  readonly selected: string | null;
  readonly trees: readonly string[];
  readonly onTree: (tree: string) => void;
}) {
  const { t } = useTranslation();
  const [verdict, setVerdict] = useState<TestVerdict | null>(null);
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text);
  const chosen = useMemo(
    () => chosenKeyboards(keyboards, verdict, wanted),
    [keyboards, verdict, wanted],
  );
  return (
    <section className={page.section} aria-label={t('service.tests.title')}>
      <div className={styles.filters}>
        <fieldset className={styles.verdicts}>
          <legend className="visually-hidden">{t('service.tests.outcome')}</legend>
          <Choice
            isOn={verdict === null}
            count={keyboards.length}
            onChoose={() => setVerdict(null)}
          >
            {t('service.tests.all')}
          </Choice>
          {VERDICTS.map((one) => (
            <Choice
              key={one}
              isOn={verdict === one}
              count={view.counts[one]}
              onChoose={() => setVerdict(one)}
            >
              {t(`service.tests.verdict.${one}`)}
            </Choice>
          ))}
        </fieldset>
        <div className={styles.field}>
          <Search aria-hidden="true" />
          <input
            type="search"
            className={styles.input}
            value={text}
            placeholder={t('service.tests.search')}
            aria-label={t('service.tests.search')}
            onChange={({ target }) => setText(target.value)}
          />
        </div>
        {trees.length > 1 && (
          <select
            className={page.select}
            aria-label={t('service.tests.tree')}
            value={view.tree}
            onChange={({ target }) => onTree(target.value)}
          >
            {trees.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </div>
      {chosen.length === 0 ? (
        <p className={styles.none}>{t('service.tests.none')}</p>
      ) : (
        <TestList keyboards={chosen} selected={selected} />
      )}
    </section>
  );
}

function Choice({
  isOn,
  count,
  children,
  onChoose,
}: {
  readonly isOn: boolean;
  readonly count: number;
  readonly children: string;
  readonly onChoose: () => void;
}) {
  return (
    <button type="button" className={styles.choice} aria-pressed={isOn} onClick={onChoose}>
      {children} <span className={styles.count}>{formatNumber(count)}</span>
    </button>
  );
}
