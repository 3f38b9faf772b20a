import { KeyboardOff, Search } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearchParams } from 'wouter';
import { buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { editorPath } from '../frame/navigation.ts';
import { PageTitle } from '../frame/title-bar.tsx';
import { formatNumber } from '../i18n/format.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import { AttachedKeyboards } from './attached-keyboards.tsx';
import { FirstStart } from './first-start.tsx';
import { KeyboardList } from './keyboard-list.tsx';
import styles from './keyboards-page.module.css';
import { RecentKeyboards } from './recent-keyboards.tsx';
import { SEARCH_LIMIT, useEarlySearch, useKeyboardSearch } from './search.ts';

/** Find a keyboard: all of all firmware trees, while one types. */
export function KeyboardsPage() {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const [, navigate] = useLocation();
  const text = parameters.get('q') ?? '';
  const isFirst = useWorkspace(({ recent }) => recent.length === 0);
  const list = useRef<HTMLDivElement>(null);
  const { data, error, isPending, isPlaceholderData, refetch } = useKeyboardSearch(text.trim());
  const keyboards = data?.keyboards ?? [];

  const searchEarly = useEarlySearch();
  const search = (value: string) => {
    searchEarly(value.trim());
    // Back leads to the page before, not through every keystroke.
    setParameters(value === '' ? {} : { q: value }, { replace: true });
  };

  return (
    <div className={styles.page} data-shows={isPlaceholderData ? undefined : text}>
      <PageTitle title={t('keyboards.title')} />
      <div className={styles.head}>
        <div className={styles.field}>
          <Search aria-hidden="true" />
          <input
            type="search"
            className={styles.input}
            // biome-ignore lint/a11y/noAutofocus: whoever comes here looks for a keyboard
            autoFocus
            value={text}
            placeholder={t('keyboards.placeholder')}
            aria-label={t('keyboards.search')}
            aria-describedby="keyboards-count"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => search(event.target.value)}
            onKeyDown={(event) => {
              const first = keyboards[0];
              if (event.key === 'Enter' && first !== undefined && text !== '') {
                navigate(editorPath(first.tree, first.name));
              } else if (event.key === 'ArrowDown') {
                event.preventDefault();
                list.current?.querySelector('a')?.focus();
              }
            }}
          />
        </div>
        <p id="keyboards-count" className={styles.count} role="status">
          {data !== undefined &&
            t(`keyboards.count.${countKind(text, keyboards.length)}`, {
              count: keyboards.length,
              number: formatNumber(keyboards.length),
            })}
        </p>
      </div>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {text === '' && <AttachedKeyboards />}
      {text === '' && (isFirst ? <FirstStart /> : <RecentKeyboards />)}
      {!isPending && error === null && keyboards.length === 0 ? (
        <EmptyState
          icon={KeyboardOff}
          title={t('keyboards.none.title', { text })}
          actions={
            <Link href="/trees" className={buttonClass()}>
              {t('keyboards.none.action')}
            </Link>
          }
        >
          {t('keyboards.none.body')}
        </EmptyState>
      ) : (
        <KeyboardList ref={list} keyboards={keyboards} />
      )}
    </div>
  );
}

/** Of very many only the first are listed, and nobody should take them for all. */
function countKind(text: string, found: number): 'first' | 'all' | 'found' {
  if (found === SEARCH_LIMIT) return 'first';
  return text === '' ? 'all' : 'found';
}
