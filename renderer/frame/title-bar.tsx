/** The bar above every page. A page puts its title and its verbs there, wherever in its tree they are made. */
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { useLocation } from 'wouter';
import { desktop } from '../bridge/desktop.ts';
import styles from './title-bar.module.css';

interface Places {
  readonly title: HTMLElement | null;
  readonly actions: HTMLElement | null;
}

const PlacesContext = createContext<Places>({ title: null, actions: null });

/** Holds the bar and what is below it. */
export function TitleBarFrame({ children }: { readonly children: ReactNode }) {
  const [title, setTitle] = useState<HTMLElement | null>(null);
  const [actions, setActions] = useState<HTMLElement | null>(null);
  return (
    <PlacesContext value={{ title, actions }}>
      <header className={styles.bar}>
        <div className={styles.title} ref={setTitle} />
        <div className={styles.actions} ref={setActions} />
      </header>
      {children}
    </PlacesContext>
  );
}

/** Of the page that is shown; null before the first. */
let shownPath: string | null = null;

/**
 * A link that goes with its page takes the focus along, and Tab would begin at the rail again: it goes on in the new page.
 * Asked when that page is there; what it focuses by itself stays.
 */
function useKeptFocus(): void {
  const [path] = useLocation();
  useEffect(() => {
    const isOther = shownPath !== null && shownPath !== path;
    shownPath = path;
    if (!isOther || document.activeElement !== document.body) return;
    document.getElementById('content')?.focus({ preventScroll: true });
  }, [path]);
}

/**
 * The page's heading, and the window's title.
 * @param children what stands beside the heading: the tree, whether the keyboard is attached
 */
export function PageTitle({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}) {
  const place = useContext(PlacesContext).title;
  useEffect(() => {
    document.title = `${title} · Kiln`;
    desktop?.notify('title', document.title);
  }, [title]);
  useKeptFocus();
  return (
    place !== null &&
    createPortal(
      <>
        <h1 className={styles.heading}>{title}</h1>
        {children}
      </>,
      place,
    )
  );
}

/** The page's verbs, at the right of the bar. */
export function PageActions({ children }: { readonly children: ReactNode }) {
  const place = useContext(PlacesContext).actions;
  return place !== null && createPortal(children, place);
}
