import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './button.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` once a view, at most: the next step. `quiet` where many stand in a row. */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly size?: 'normal' | 'small';
  readonly icon?: ReactNode;
}

/** The look of a button, for links that act as one. */
export function buttonClass(
  kind: ButtonProps['kind'] = 'plain',
  size: ButtonProps['size'] = 'normal',
): string {
  return [styles.button, styles[kind], size === 'small' ? styles.small : '']
    .filter(Boolean)
    .join(' ');
}

export function Button({ kind, size, icon, children, className, ...rest }: ButtonProps) {
  return (
    <button type="button" className={`${buttonClass(kind, size)} ${className ?? ''}`} {...rest}>
      {icon}
      {children}
    </button>
  );
}
