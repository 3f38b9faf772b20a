import { Menu } from '@base-ui/react/menu';
import { Ellipsis, Plus } from 'lucide-react';
import { type KeyboardEvent, memo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../controls/announcer.tsx';
import { Button } from '../controls/button.tsx';
import type { EditedKeymap } from './keymap/document.ts';
import {
  clearLayer,
  deleteLayer,
  duplicateLayer,
  insertLayer,
  type LayerChange,
  MOST_LAYERS,
  moveLayer,
  pasteLayer,
  renameLayer,
} from './keymap/layers.ts';
import styles from './layer-list.module.css';
import menu from './menu.module.css';
import {
  type ChangeKind,
  change,
  currentKeymap,
  showLayer,
  useEditor,
} from './store/editor-store.ts';
import { sayInEditor } from './store/editor-word.ts';

/**
 * The layers: which one is shown, and all that can be done with whole ones. Knows nothing of keys, so that a changed key
 * draws nothing of it: each layer has a menu.
 */
export const LayerList = memo(function LayerList({
  names,
  count,
}: {
  /** By layer; empty, or not there, for a layer without a name. */
  readonly names: readonly string[];
  readonly count: number;
}) {
  const { t } = useTranslation();
  const current = useEditor(({ layer }) => layer);
  const [renaming, setRenaming] = useState<number | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const act = useLayerActions();

  const focusLayer = (layer: number) => {
    const to = Math.max(0, Math.min(count - 1, layer));
    showLayer(to);
    list.current?.querySelector<HTMLElement>(`[data-layer="${to}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, layer: number) => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step !== 0 && event.altKey) {
      const to = layer + step;
      if (to >= 0 && to < count) {
        act('layer-moved', to, (edited) => moveLayer(edited, layer, to));
        requestAnimationFrame(() => focusLayer(to));
      }
    } else if (step !== 0) focusLayer(layer + step);
    else if (event.key === 'F2') setRenaming(layer);
    else if (event.key === 'Delete') {
      act('layer-deleted', Math.max(0, layer - 1), (edited) => deleteLayer(edited, layer));
    } else return;
    event.preventDefault();
  };

  return (
    <nav className={styles.layers} aria-label={t('editor.layers.title')}>
      <h2 className={styles.title}>{t('editor.layers.title')}</h2>
      <ol ref={list} className={styles.list}>
        {Array.from({ length: count }, (_, layer) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its number
          <li key={layer} className={styles.row}>
            {renaming === layer ? (
              <NameField
                initial={names[layer] ?? ''}
                onDone={(name) => {
                  setRenaming(null);
                  if (name !== null) {
                    change('layer-renamed', (edited) => renameLayer(edited, layer, name), {
                      layer,
                    });
                  }
                  requestAnimationFrame(() => focusLayer(layer));
                }}
              />
            ) : (
              <button
                type="button"
                className={styles.layer}
                data-layer={layer}
                aria-current={layer === current}
                tabIndex={layer === current ? 0 : -1}
                onClick={() => showLayer(layer)}
                onDoubleClick={() => setRenaming(layer)}
                onKeyDown={(event) => onKeyDown(event, layer)}
              >
                <span className={`${styles.number} ${styles[`tint${layer % 8}`]}`}>{layer}</span>
                <span className={styles.name}>
                  {names[layer] ||
                    (layer === 0
                      ? t('editor.layers.base')
                      : t('editor.layers.numbered', { layer }))}
                </span>
              </button>
            )}
            <LayerMenu layer={layer} count={count} onRename={() => setRenaming(layer)} />
          </li>
        ))}
      </ol>
      <Button
        kind="quiet"
        size="small"
        icon={<Plus />}
        className={styles.add ?? ''}
        disabled={count >= MOST_LAYERS}
        onClick={() => act('layer-added', count, (edited) => insertLayer(edited, count))}
      >
        {t('editor.layers.add')}
      </Button>
    </nav>
  );
});

function NameField({
  initial,
  onDone,
}: {
  readonly initial: string;
  readonly onDone: (name: string | null) => void;
}) {
  const { t } = useTranslation();
  const done = useRef(false);
  const end = (name: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone(name);
  };
  return (
    <input
      className={styles.field}
      aria-label={t('editor.layers.name')}
      defaultValue={initial}
      maxLength={40}
      // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was just pressed
      autoFocus
      onFocus={({ currentTarget }) => currentTarget.select()}
      onBlur={({ currentTarget }) => end(currentTarget.value)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter') end(currentTarget.value);
        if (key === 'Escape') end(null);
      }}
    />
  );
}

function LayerMenu({
  layer,
  count,
  onRename,
}: {
  readonly layer: number;
  readonly count: number;
  readonly onRename: () => void;
}) {
  const { t } = useTranslation();
  const act = useLayerActions();
  const copied = useEditor((state) => state.copied);
  const item = (text: string, onClick: () => void, disabled = false) => (
    <Menu.Item className={menu.item} disabled={disabled} onClick={onClick}>
      {text}
    </Menu.Item>
  );
  return (
    <Menu.Root>
      <Menu.Trigger className={styles.more} aria-label={t('editor.layers.menu', { layer })}>
        <Ellipsis aria-hidden="true" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className={menu.positioner}>
          <Menu.Popup className={menu.popup}>
            {item(t('editor.layers.rename'), onRename)}
            {item(
              t('editor.layers.duplicate'),
              () => act('layer-added', layer + 1, (edited) => duplicateLayer(edited, layer)),
              count >= MOST_LAYERS,
            )}
            {item(
              t('editor.layers.insert'),
              () => act('layer-added', layer, (edited) => insertLayer(edited, layer)),
              count >= MOST_LAYERS,
            )}
            <Menu.Separator className={menu.separator} />
            {item(t('editor.layers.copy'), () => {
              useEditor.setState({ copied: currentKeymap()?.document.layers[layer] ?? null });
              announce(t('editor.layers.copied', { layer }));
            })}
            {item(
              t('editor.layers.paste'),
              () =>
                change('layer-pasted', (edited) => pasteLayer(edited, layer, copied ?? []), {
                  layer,
                }),
              copied === null,
            )}
            <Menu.Separator className={menu.separator} />
            {item(
              t('editor.layers.up'),
              () => act('layer-moved', layer - 1, (edited) => moveLayer(edited, layer, layer - 1)),
              layer === 0,
            )}
            {item(
              t('editor.layers.down'),
              () => act('layer-moved', layer + 1, (edited) => moveLayer(edited, layer, layer + 1)),
              layer === count - 1,
            )}
            <Menu.Separator className={menu.separator} />
            {item(t('editor.layers.clear'), () =>
              change('layer-cleared', (edited) => clearLayer(edited, layer), { layer }),
            )}
            {item(
              t('editor.layers.delete'),
              () =>
                act('layer-deleted', Math.max(0, layer - 1), (edited) =>
                  deleteLayer(edited, layer),
                ),
              count === 1,
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Makes a change of whole layers and says what it meant for others, or why it was not made. */
function useLayerActions() {
  const { t } = useTranslation();
  return (kind: ChangeKind, shown: number, how: (keymap: EditedKeymap) => LayerChange) => {
    const keymap = currentKeymap();
    if (keymap === null) return;
    const result = how(keymap);
    if (result.refused !== null) {
      announce(t(`editor.layers.refused.${result.refused}`));
      sayInEditor(t(`editor.layers.refused.${result.refused}`));
      return;
    }
    change(kind, () => result.keymap, { layer: shown });
    const words = t(`editor.changed.${kind}`);
    const lost = result.lost === 0 ? '' : ` ${t('editor.layers.lost', { count: result.lost })}`;
    announce(words + lost);
    sayInEditor(lost.trim());
  };
}
