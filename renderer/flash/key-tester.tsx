import { Keyboard, RotateCcw } from 'lucide-react';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { mainLayout, useKeyboard } from '../api/keyboards.ts';
import { Button, buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import type { CapFace } from '../drawing/key-cap.tsx';
import { KeyboardBoard } from '../drawing/keyboard-board.tsx';
import { useDefaultKeymap } from '../editor/default-keymap.ts';
import { layoutKeys } from '../editor/fit-keyboard.ts';
import { legendOf } from '../editor/keymap/legend.ts';
import { readDraft } from '../editor/store/autosave.ts';
import { useKeycodes } from '../editor/tree-keycodes.ts';
import { type CurrentKeyboard, useWorkspace } from '../workspace/workspace.ts';
import styles from './key-tester.module.css';
import { keysOf, NOTHING_TESTED, pressed, released } from './tested-keys.ts';

/** The tint of keys that were seen: a green of the layers' colours. */
const SEEN_TINT = 2;

/** The keyboard as it is drawn in the editor; its keys light up when they are pressed on the real one. */
export function KeyTester() {
  const { t } = useTranslation();
  const current = useWorkspace((workspace) => workspace.current);
  if (current === null) {
    return (
      <EmptyState
        icon={Keyboard}
        title={t('flash.keys.none')}
        actions={
          <Link href="/keyboards" className={buttonClass('primary')}>
            {t('editor.none.action')}
          </Link>
        }
      >
        {t('flash.keys.noneBody')}
      </EmptyState>
    );
  }
  return <Tester key={`${current.tree} ${current.keyboard}`} {...current} />;
}

function Tester({ tree, keyboard }: CurrentKeyboard) {
  const { t } = useTranslation();
  const { data: info, error, refetch } = useKeyboard(tree, keyboard);
  const { data: starter } = useDefaultKeymap(tree, keyboard);
  const { catalogue } = useKeycodes(tree, undefined);
  const region = useRef<HTMLElement>(null);
  const { tested, reset } = usePressedKeys(region);
  const keymap = useMemo(
    () => readDraft(`${tree}/${keyboard}`)?.document ?? starter ?? null,
    [tree, keyboard, starter],
  );
  const layout = info === undefined ? null : mainLayout(info);
  const keys =
    info === undefined || keymap === null
      ? (layout?.keys ?? [])
      : (layoutKeys(info, keymap.layout) ?? layout?.keys ?? []);
  const layers = keymap?.layers ?? [];
  const canonical = (name: string) => catalogue.byName.get(name)?.key ?? name;
  const found = (code: string) => keysOf(code, layers, canonical);
  const seen = new Set(tested.seen.flatMap(found));
  const down = new Set([...tested.down].flatMap(found));
  const elsewhere = tested.seen.filter((code) => found(code).length === 0);
  const faces: readonly CapFace[] = keys.map((_, index) => {
    const legend = legendOf(layers[0]?.[index] ?? 'KC_NO', catalogue, String);
    const state = down.has(index) ? 'down' : seen.has(index) ? 'seen' : 'unseen';
    return {
      tap: legend.tap.join('\n'),
      hold: legend.hold.join('\n'),
      kind: legend.kind,
      tint: seen.has(index) ? SEEN_TINT : null,
      label: `${legend.spokenTap}: ${t(`flash.keys.state.${state}`)}`,
      hasError: false,
    };
  });
  return (
    <section
      ref={region}
      className={styles.page}
      aria-label={t('flash.tabs.keys')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: with the focus in it, keys do nothing but light up
      tabIndex={0}
    >
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <div className={styles.head}>
        <p>{t('flash.keys.about')}</p>
        <Button size="small" icon={<RotateCcw />} onClick={reset}>
          {t('flash.keys.reset')}
        </Button>
      </div>
      <div className={styles.board}>
        {keys.length > 0 && (
          <KeyboardBoard
            label={t('flash.keys.tested')}
            keys={keys}
            faces={faces}
            selected={down}
            current={-1}
          />
        )}
      </div>
      <p role="status" className={styles.count}>
        {t('flash.keys.of', { count: seen.size, total: keys.length })}
        {tested.last !== null && (
          <>
            {' · '}
            {t('flash.keys.last')} <code>{tested.last}</code>
          </>
        )}
      </p>
      {elsewhere.length > 0 && (
        <p className={styles.elsewhere}>
          {t('flash.keys.elsewhere')}:{' '}
          {elsewhere.map((code) => (
            <code key={code}>{code}</code>
          ))}
        </p>
      )}
    </section>
  );
}

/** While the region has the focus, keys do nothing else; Tab leads on all the same, or nobody would get out. */
function usePressedKeys(region: RefObject<HTMLElement | null>) {
  const [tested, setTested] = useState(NOTHING_TESTED);
  useEffect(() => {
    const isInside = (event: KeyboardEvent) =>
      region.current === event.target || document.activeElement === document.body;
    const onDown = (event: KeyboardEvent) => {
      if (isInside(event) && event.code !== 'Tab') {
        event.preventDefault();
        event.stopPropagation();
      }
      if (event.code !== '' && !event.repeat) setTested((before) => pressed(before, event.code));
    };
    const onUp = (event: KeyboardEvent) => setTested((before) => released(before, event.code));
    // A key that is let go in another window is never heard of.
    const onBlur = () => setTested((before) => ({ ...before, down: new Set() }));
    region.current?.focus();
    window.addEventListener('keydown', onDown, true);
    window.addEventListener('keyup', onUp, true);
    window.addEventListener('blur', onBlur);
    return () => {
      window.removeEventListener('keydown', onDown, true);
      window.removeEventListener('keyup', onUp, true);
      window.removeEventListener('blur', onBlur);
    };
  }, [region]);
  return { tested, reset: () => setTested(NOTHING_TESTED) };
}
