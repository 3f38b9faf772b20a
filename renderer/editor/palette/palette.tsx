import { Tabs } from '@base-ui/react/tabs';
import { Search } from 'lucide-react';
import {
  type KeyboardEvent,
  memo,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { ConfigForm } from '../config-form.tsx';
import {
  type CatalogueKeycode,
  type KeycodeCatalogue,
  searchKeycodes,
} from '../keymap/keycode-catalogue.ts';
import { MacroEditor } from '../macro-editor.tsx';
import { assign, useEditor } from '../store/editor-store.ts';
import { AnyKeycode, LayerBuilder, ModifierBuilder } from './builders.tsx';
import { KeycodeGrid } from './keycode-grid.tsx';
import styles from './palette.module.css';
import { basicSections, groupsOf } from './sections.ts';

const TABS = [
  'basic',
  'layers',
  'mods',
  'media',
  'lights',
  'more',
  'any',
  'macros',
  'settings',
] as const;
type Tab = (typeof TABS)[number];

export interface PaletteProps {
  readonly catalogue: KeycodeCatalogue;
  readonly languages: readonly string[];
  /** Whether keycodes of the tree may still come. */
  readonly isReading: boolean;
  readonly search: RefObject<HTMLInputElement | null>;
  /** Back to the key that it was opened for. */
  readonly onLeave: () => void;
}

const pick = ({ name }: CatalogueKeycode) => assign(name);

/**
 * Every keycode there is: by search, by group, built of parts, or typed; and what belongs to the keymap as a whole. Only
 * that part of it is drawn again when a key is changed: keycodes are hundreds of buttons.
 */
export const Palette = memo(function Palette(props: PaletteProps) {
  const { catalogue, languages, isReading, search, onLeave } = props;
  const { t } = useTranslation();
  const [tab, setTab] = useState<Tab>('basic');
  const [query, setQuery] = useState('');
  const found = useMemo(() => searchKeycodes(catalogue, query), [catalogue, query]);
  const isSearching = query.trim() !== '';
  const pickAndLeave = (keycode: CatalogueKeycode) => {
    pick(keycode);
    setQuery('');
    onLeave();
  };
  const awaitBest = usePickWhenRead(isReading, () => {
    const [best] = found;
    if (best !== undefined) pickAndLeave(best);
  });
  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const [best] = found;
    if (event.key === 'Enter' && best !== undefined) pickAndLeave(best);
    else if (event.key === 'Enter' && isReading) awaitBest(true);
    else if (event.key === 'Escape') {
      setQuery('');
      onLeave();
    } else if (event.key === 'ArrowDown') {
      document.querySelector<HTMLElement>('[data-keycodes] button')?.focus();
    } else return;
    event.preventDefault();
  };
  const leaveOnEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onLeave();
  };
  return (
    <section
      className={styles.palette}
      aria-label={t('editor.palette.title')}
      onKeyDown={leaveOnEscape}
    >
      <Tabs.Root
        className={styles.tabs}
        value={isSearching ? null : tab}
        onValueChange={(value: Tab | null) => {
          setQuery('');
          if (value !== null) setTab(value);
        }}
      >
        <div className={styles.bar}>
          <div className={styles.search}>
            <Search aria-hidden="true" />
            <input
              ref={search}
              type="search"
              aria-label={t('editor.palette.search')}
              placeholder={t('editor.palette.search')}
              value={query}
              onChange={({ currentTarget }) => {
                awaitBest(false);
                setQuery(currentTarget.value);
              }}
              onBlur={() => awaitBest(false)}
              onKeyDown={onSearchKey}
            />
          </div>
          <Tabs.List className={styles.list} aria-label={t('editor.palette.groups')}>
            {TABS.map((name) => (
              <Tabs.Tab key={name} value={name} className={styles.tab}>
                {t(`editor.palette.tab.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </div>
        {isSearching && (
          <div className={styles.panel} data-keycodes>
            {found.length === 0 ? (
              <p className={styles.nothing}>
                {isReading
                  ? t('editor.palette.reading')
                  : t('editor.palette.nothing', { query: query.trim() })}
              </p>
            ) : (
              <KeycodeGrid
                sections={[{ title: null, keycodes: found }]}
                onPick={pickAndLeave}
                showNames
              />
            )}
          </div>
        )}
        {TABS.map((name) => (
          <Tabs.Panel key={name} value={name} className={styles.panel} data-keycodes tabIndex={-1}>
            <PalettePanel tab={name} catalogue={catalogue} languages={languages} />
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </section>
  );
});

/** Enter pressed before the tree's keycodes had come is obeyed when they have; not once the person does another thing. */
function usePickWhenRead(isReading: boolean, pick: () => void): (isAwaited: boolean) => void {
  const [isAwaited, setAwaited] = useState(false);
  const latest = useRef(pick);
  latest.current = pick;
  useEffect(() => {
    if (!isAwaited || isReading) return;
    setAwaited(false);
    latest.current();
  }, [isAwaited, isReading]);
  return setAwaited;
}

interface PanelProps extends Pick<PaletteProps, 'catalogue' | 'languages'> {
  readonly tab: Tab;
}

function PalettePanel({ tab, catalogue, languages }: PanelProps) {
  switch (tab) {
    case 'basic':
    case 'media':
    case 'lights':
    case 'more':
      return <GroupsPanel tab={tab} catalogue={catalogue} />;
    case 'mods':
      return <ModifierBuilder catalogue={catalogue} />;
    default:
      return <KeymapPanel tab={tab} catalogue={catalogue} languages={languages} />;
  }
}

function GroupsPanel({
  tab,
  catalogue,
}: {
  readonly tab: 'basic' | 'media' | 'lights' | 'more';
  readonly catalogue: KeycodeCatalogue;
}) {
  const { t } = useTranslation();
  const sections = useMemo(
    () =>
      (tab === 'basic' ? basicSections(catalogue) : groupsOf(catalogue, tab)).map(
        ({ group, keycodes }) => ({ title: t(`editor.group.${group}`), keycodes }),
      ),
    [tab, catalogue, t],
  );
  return <KeycodeGrid sections={sections} onPick={pick} showNames={tab !== 'basic'} />;
}

/** What shows the keymap itself, and follows it. */
function KeymapPanel({
  tab,
  catalogue,
  languages,
}: Pick<PaletteProps, 'catalogue' | 'languages'> & {
  readonly tab: 'layers' | 'any' | 'macros' | 'settings';
}) {
  const keymap = useEditor(({ history }) => history?.present ?? null);
  if (keymap === null) return null;
  switch (tab) {
    case 'layers':
      return <LayerBuilder keymap={keymap} catalogue={catalogue} />;
    case 'any':
      return <AnyKeycode keymap={keymap} catalogue={catalogue} />;
    case 'macros':
      return <MacroEditor keymap={keymap} />;
    case 'settings':
      return <ConfigForm keymap={keymap} languages={languages} />;
  }
}
