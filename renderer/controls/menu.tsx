import { Menu as Base } from '@base-ui/react/menu';
import { ChevronDown } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Button } from './button.tsx';
import styles from './menu.module.css';

/** A button with further verbs below it. */
export function Menu({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <Base.Root>
      <Base.Trigger render={<Button size="small" />}>
        {label}
        <ChevronDown aria-hidden="true" />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end">
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** One verb. With `render` a link of that kind takes its place. */
export function MenuItem({
  icon,
  children,
  onSelect,
  render,
}: {
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly onSelect?: () => void;
  readonly render?: ReactElement;
}) {
  return (
    <Base.Item
      className={styles.item}
      {...(onSelect === undefined ? {} : { onClick: onSelect })}
      {...(render === undefined ? {} : { render, nativeButton: false })}
    >
      {icon}
      {children}
    </Base.Item>
  );
}
