import type { KeyboardEvent } from 'react';
import type { CatalogueKeycode } from '../keymap/keycode-catalogue.ts';
import styles from './keycode-grid.module.css';

/** Keycodes as small caps, by section. The arrow keys go through all of them; one of them is in the order of Tab. */
export function KeycodeGrid({
  sections,
  onPick,
  showNames = false,
}: {
  readonly sections: readonly {
    readonly title: string | null;
    readonly keycodes: readonly CatalogueKeycode[];
  }[];
  readonly onPick: (keycode: CatalogueKeycode) => void;
  /** The short name below the label: where labels alone are not what people know them by. */
  readonly showNames?: boolean;
}) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only moves the focus among its buttons
    <div className={styles.grid} onKeyDown={moveAmongButtons}>
      {sections.map(({ title, keycodes }, at) => (
        <section
          key={title}
          className={styles.section}
          {...(title === null ? {} : { 'aria-label': title })}
        >
          {title !== null && <h3 className={styles.title}>{title}</h3>}
          <div className={styles.keys}>
            {keycodes.map((keycode, index) => (
              <button
                key={keycode.key}
                type="button"
                className={`${styles.key} ${showNames ? styles.named : ''}`}
                tabIndex={at === 0 && index === 0 ? 0 : -1}
                title={[keycode.name, keycode.label].filter(Boolean).join(' · ')}
                {...(showNames ? {} : { 'aria-label': spokenOf(keycode) })}
                onClick={() => onPick(keycode)}
              >
                <span className={styles.label}>{faceOf(keycode)}</span>
                {showNames && <code className={styles.name}>{keycode.name}</code>}
              </button>
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function spokenOf({ label, name }: CatalogueKeycode): string {
  return label === '' ? name : `${label}, ${name}`;
}

function faceOf({ key, label, name }: CatalogueKeycode): string {
  if (key === 'KC_NO') return '∅';
  if (key === 'KC_TRANSPARENT') return '▽';
  return label || name;
}

/** Left and right through all, up and down to what is drawn there. */
function moveAmongButtons(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button')];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  if (at === -1) return;
  let next: HTMLButtonElement | undefined;
  if (event.key === 'ArrowRight') next = buttons[at + 1];
  else if (event.key === 'ArrowLeft') next = buttons[at - 1];
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    next = inNextRow(buttons, at, event.key === 'ArrowDown' ? 1 : -1);
  } else return;
  event.preventDefault();
  next?.focus();
}

function inNextRow(
  buttons: readonly HTMLButtonElement[],
  at: number,
  step: 1 | -1,
): HTMLButtonElement | undefined {
  const here = buttons[at]?.getBoundingClientRect();
  if (here === undefined) return undefined;
  let best:
    | { readonly button: HTMLButtonElement; readonly top: number; readonly aside: number }
    | undefined;
  for (const button of buttons) {
    const { top, left } = button.getBoundingClientRect();
    const ahead = (top - here.top) * step;
    if (ahead < 4) continue;
    const aside = Math.abs(left - here.left);
    const isNearer =
      best === undefined || ahead < best.top - 4 || (ahead < best.top + 4 && aside < best.aside);
    if (isNearer) best = { button, top: ahead, aside };
  }
  return best?.button;
}
