import { Combobox } from '@base-ui/react/combobox';
import { useDeferredValue, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { type FoundKeyboard, useKeyboardSearch } from '../keyboards/search.ts';
import styles from './choose-keyboard.module.css';

export interface KeyboardName {
  readonly name: string;
  /** Null for the default firmware tree. */
  readonly tree: string | null;
}

/** A field that finds keyboards of all trees while one types; a name that is not in the list can be typed too. */
export function ChooseKeyboard({
  chosen,
  onChoose,
}: {
  readonly chosen: KeyboardName;
  readonly onChoose: (keyboard: KeyboardName) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const { data } = useKeyboardSearch(useDeferredValue(chosen.name.trim()));
  const found = data?.keyboards ?? [];
  const value =
    found.find(({ name, tree }) => name === chosen.name && tree === chosen.tree) ?? null;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{t('service.test.keyboard')}</label>
      <Combobox.Root<FoundKeyboard>
        items={found}
        // The service searches; what it answers is what fits.
        filter={null}
        // Enter takes what fits best.
        autoHighlight
        value={value}
        onValueChange={(next) => {
          if (next !== null) onChoose({ name: next.name, tree: next.tree });
        }}
        inputValue={chosen.name}
        onInputValueChange={(name, { reason }) => {
          // A choice says its tree as well, by the change of the value.
          if (reason === 'input-change' || reason === 'input-clear') {
            onChoose({ name, tree: null });
          }
        }}
        itemToStringLabel={({ name }) => name}
        isItemEqualToValue={(one, other) => one.name === other.name && one.tree === other.tree}
      >
        <Combobox.Input
          id={id}
          className={styles.input}
          placeholder={t('service.test.placeholder')}
          autoComplete="off"
          spellCheck={false}
        />
        <Combobox.Portal>
          <Combobox.Positioner sideOffset={4}>
            <Combobox.Popup className={styles.popup}>
              <Combobox.Empty>
                <p className={styles.empty}>{t('service.test.noneFound')}</p>
              </Combobox.Empty>
              <Combobox.List className={styles.list}>
                {(keyboard: FoundKeyboard) => (
                  <Combobox.Item
                    key={`${keyboard.tree} ${keyboard.name}`}
                    value={keyboard}
                    className={styles.item}
                  >
                    <span className={styles.name}>{keyboard.name}</span>
                    <span className={styles.tree}>{keyboard.tree}</span>
                  </Combobox.Item>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
    </div>
  );
}
