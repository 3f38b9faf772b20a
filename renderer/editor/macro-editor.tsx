import { ArrowDown, Plus, Trash2 } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { KilnError } from '../../core/errors.ts';
import { admitMacros } from '../../core/keymap/macros.ts';
import type { JsonValue } from '../../core/keymap/strict-json.ts';
import { Button } from '../controls/button.tsx';
import { sayRefusal } from '../i18n/sentences.ts';
import type { EditedKeymap, MacroPart } from './keymap/document.ts';
import { setMember } from './keymap/keys.ts';
import styles from './macro-editor.module.css';
import { assign, change } from './store/editor-store.ts';

const MOST_MACROS = 32;
const ACTIONS = ['text', 'tap', 'down', 'up', 'delay', 'beep'] as const;
type Action = (typeof ACTIONS)[number];

const actionOf = (part: MacroPart): Action => (typeof part === 'string' ? 'text' : part.action);

function newPart(action: Action): MacroPart {
  switch (action) {
    case 'text':
      return '';
    case 'delay':
      return { action, duration: 100 };
    case 'beep':
      return { action };
    default:
      return { action, keycodes: ['ENTER'] };
  }
}

/** Why admission would refuse the macros; null when it would not. */
function refusalOf(
  macros: readonly (readonly MacroPart[])[],
): { macro: number; sentence: string } | null {
  try {
    admitMacros(macros as unknown as JsonValue);
    return null;
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    const { index } = error.details as { index?: readonly unknown[] };
    return { macro: Number(index?.[0] ?? 0), sentence: sayRefusal(error) };
  }
}

/** What the keys QK_MACRO_0 and on type, part by part. */
export function MacroEditor({ keymap }: { readonly keymap: EditedKeymap }) {
  const { t } = useTranslation();
  const macros = keymap.document.macros ?? [];
  const refusal = useMemo(() => refusalOf(macros), [macros]);
  const set = (next: readonly (readonly MacroPart[])[], merge = false) =>
    change(
      'macros',
      (edited) => setMember(edited, 'macros', next.length === 0 ? undefined : next),
      { merge },
    );
  return (
    <div className={styles.macros}>
      {macros.map((parts, macro) => (
        <section
          // biome-ignore lint/suspicious/noArrayIndexKey: a macro is its number
          key={macro}
          className={styles.macro}
          aria-label={t('editor.macros.name', { macro })}
        >
          <header className={styles.head}>
            <h3>{t('editor.macros.name', { macro })}</h3>
            <Button size="small" icon={<ArrowDown />} onClick={() => assign(`QK_MACRO_${macro}`)}>
              {t('editor.macros.assign')}
            </Button>
            {/* Taking out one in the middle would give all later keys another macro. */}
            {macro === macros.length - 1 ? (
              <Button
                size="small"
                kind="quiet"
                icon={<Trash2 />}
                onClick={() => set(macros.slice(0, -1))}
              >
                {t('editor.macros.remove')}
              </Button>
            ) : (
              <Button
                size="small"
                kind="quiet"
                icon={<Trash2 />}
                onClick={() => set(macros.with(macro, []))}
              >
                {t('editor.macros.empty')}
              </Button>
            )}
          </header>
          <ol className={styles.parts}>
            {parts.map((part, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
              <li key={at}>
                <Part
                  part={part}
                  onChange={(next) => set(macros.with(macro, parts.with(at, next)), true)}
                  onRemove={() => set(macros.with(macro, parts.toSpliced(at, 1)))}
                />
              </li>
            ))}
            <li className={styles.adders}>
              {ACTIONS.map((action) => (
                <Button
                  key={action}
                  size="small"
                  kind="quiet"
                  icon={<Plus />}
                  onClick={() => set(macros.with(macro, [...parts, newPart(action)]))}
                >
                  {t(`editor.macros.part.${action}`)}
                </Button>
              ))}
            </li>
          </ol>
          {refusal?.macro === macro && (
            <p className={styles.problem} role="status">
              {refusal.sentence}
            </p>
          )}
        </section>
      ))}
      <Button
        size="small"
        icon={<Plus />}
        disabled={macros.length >= MOST_MACROS}
        onClick={() => set([...macros, ['']])}
      >
        {t('editor.macros.add')}
      </Button>
      <p className={styles.hint}>{t('editor.macros.hint')}</p>
    </div>
  );
}

function Part({
  part,
  onChange,
  onRemove,
}: {
  readonly part: MacroPart;
  readonly onChange: (part: MacroPart) => void;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation();
  const action = actionOf(part);
  const label = t(`editor.macros.part.${action}`);
  return (
    <div className={styles.part}>
      <span className={styles.action}>{label}</span>
      {typeof part === 'string' && (
        <input
          aria-label={label}
          value={part}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
      {typeof part !== 'string' && 'keycodes' in part && (
        <input
          aria-label={label}
          value={part.keycodes.join(' ')}
          spellCheck={false}
          onChange={({ currentTarget }) =>
            onChange({
              ...part,
              keycodes: currentTarget.value.toUpperCase().replace(/\bKC_/g, '').split(/[ ,]/),
            })
          }
        />
      )}
      {typeof part !== 'string' && 'duration' in part && (
        <input
          aria-label={label}
          type="number"
          min={0}
          max={60_000}
          value={part.duration}
          onChange={({ currentTarget }) =>
            onChange({ ...part, duration: currentTarget.valueAsNumber || 0 })
          }
        />
      )}
      <Button
        size="small"
        kind="quiet"
        icon={<Trash2 />}
        onClick={onRemove}
        aria-label={t('editor.macros.removePart')}
      />
    </div>
  );
}
