import { CircleAlert, Eraser, Keyboard, RotateCcw, RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { SizeGauge } from '../builds/size-gauge.tsx';
import { Button } from '../controls/button.tsx';
import { sayRule } from '../i18n/sentences.ts';
import { declaredNames, type KeyProblem, problemOf } from './key-faces.ts';
import styles from './key-strip.module.css';
import type { EditedKeymap } from './keymap/document.ts';
import type { KeycodeCatalogue } from './keymap/keycode-catalogue.ts';
import { encoderKeycodes } from './keymap/keys.ts';
import { legendOf } from './keymap/legend.ts';
import { keycodeOfKey } from './keymap/typed-keys.ts';
import { assign, clearSelected, selectDial, useEditor } from './store/editor-store.ts';
import { useEditorWord } from './store/editor-word.ts';

/** One line about what is selected: its keycode, what is wrong with it, and the quick ways to another. */
export function KeyStrip({
  keymap,
  catalogue,
  failure,
  size,
  capturing,
  onCapture,
}: {
  readonly keymap: EditedKeymap;
  readonly catalogue: KeycodeCatalogue;
  /** What the last check or build said of the current key. */
  readonly failure: string | null;
  /** Of the firmware as it would be now, where the service can tell. */
  readonly size: { readonly used: number; readonly limit: number | null } | null;
  readonly capturing: boolean;
  readonly onCapture: (on: boolean) => void;
}) {
  const { t } = useTranslation();
  const { layer, cursor, selected, dial } = useEditor();
  const word = useEditorWord(({ text }) => text);
  useCapture(capturing, () => onCapture(false));
  const keycode =
    dial === null
      ? (keymap.document.layers[layer]?.[cursor] ?? '')
      : encoderKeycodes(keymap, layer, dial.encoder)[dial.turn];
  const several = dial === null && selected.size > 1;
  const problem = several ? null : problemOf(keycode, catalogue, declaredNames(keymap));
  const sentence = useProblemWords(problem) ?? failure;
  return (
    <div className={styles.strip}>
      {several ? (
        <span>{t('editor.strip.several', { count: selected.size })}</span>
      ) : (
        <code className={styles.keycode}>{keycode}</code>
      )}
      {sentence !== null && !several ? (
        <span className={styles.problem} role="alert">
          <CircleAlert aria-hidden="true" />
          {sentence}
        </span>
      ) : (
        <span className={styles.word}>{word}</span>
      )}
      {size !== null && <SizeGauge {...size} />}
      <span className={styles.actions}>
        <Button
          size="small"
          kind={capturing ? 'primary' : 'quiet'}
          icon={<Keyboard />}
          aria-pressed={capturing}
          onClick={() => onCapture(!capturing)}
        >
          {capturing ? t('editor.strip.capturing') : t('editor.strip.capture')}
        </Button>
        <Button size="small" kind="quiet" icon={<Eraser />} onClick={clearSelected}>
          {t('editor.strip.clear')}
        </Button>
      </span>
    </div>
  );
}

/** The next key that is pressed is the keycode, whatever it does elsewhere. */
function useCapture(on: boolean, onEnd: () => void): void {
  useEffect(() => {
    if (!on) return;
    const take = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      const keycode = keycodeOfKey(event.code);
      if (keycode !== null) assign(keycode);
      onEnd();
    };
    window.addEventListener('keydown', take, { capture: true, once: true });
    return () => window.removeEventListener('keydown', take, { capture: true });
  }, [on, onEnd]);
}

/** Why a keycode will not build, in a sentence; null when nothing speaks against it. */
export function useProblemWords(problem: KeyProblem | null): string | null {
  const { t, i18n } = useTranslation();
  if (problem === null) return null;
  switch (problem.kind) {
    case 'unknown':
      return t('editor.problem.unknown', { name: problem.name });
    case 'layer':
      return t('editor.problem.layer', { layer: problem.layer });
    case 'grammar':
      return t('editor.problem.grammar', {
        reason: i18n.language.startsWith('en')
          ? problem.reason
          : (sayRule(problem.rule) ?? problem.reason),
      });
  }
}

/** The dials: each turn is a keycode of its own. */
export function Dials({
  keymap,
  count,
  catalogue,
}: {
  readonly keymap: EditedKeymap;
  readonly count: number;
  readonly catalogue: KeycodeCatalogue;
}) {
  const { t } = useTranslation();
  const layer = useEditor((state) => state.layer);
  const dial = useEditor((state) => state.dial);
  if (count === 0) return null;
  return (
    <ul className={styles.dials} aria-label={t('editor.dial.title')}>
      {Array.from({ length: count }, (_, encoder) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a dial is its number
        <li key={encoder} className={styles.dial}>
          {(['ccw', 'cw'] as const).map((turn) => {
            const keycode = encoderKeycodes(keymap, layer, encoder)[turn];
            const legend = legendOf(
              keycode,
              catalogue,
              (number) => keymap.layerNames[number] || String(number),
            );
            const isChosen = dial?.encoder === encoder && dial.turn === turn;
            const Icon = turn === 'ccw' ? RotateCcw : RotateCw;
            const what =
              legend.spokenTap ||
              (legend.kind === 'transparent' ? t('editor.dial.through') : t('editor.key.nothing'));
            return (
              <button
                key={turn}
                type="button"
                className={styles.turn}
                aria-pressed={isChosen}
                aria-label={t(`editor.dial.${turn}`, { dial: encoder + 1, what })}
                title={keycode}
                onClick={() => selectDial({ encoder, turn })}
              >
                <Icon aria-hidden="true" />
                <span>{legend.tap[0] || what}</span>
              </button>
            );
          })}
        </li>
      ))}
    </ul>
  );
}
