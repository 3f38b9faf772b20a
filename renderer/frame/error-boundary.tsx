import i18next from 'i18next';
import { Component, type ReactNode } from 'react';
import { Button } from '../controls/button.tsx';
import { Notice } from '../controls/notice.tsx';
import styles from './error-boundary.module.css';

interface Props {
  readonly children: ReactNode;
  /** Another page is another try. */
  readonly page: string;
}
interface State {
  readonly error: unknown;
  readonly page: string;
}

/** Keeps a page that throws from taking the window with it. React offers this to classes only. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, page: this.props.page };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error ?? new Error('nothing was said') };
  }

  static getDerivedStateFromProps({ page }: Props, state: State): Partial<State> | null {
    return page === state.page ? null : { error: null, page };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className={styles.page}>
        <Notice
          tone="danger"
          live
          title={i18next.t('frame.crash.title')}
          actions={
            <Button size="small" onClick={() => location.reload()}>
              {i18next.t('common.reload')}
            </Button>
          }
        >
          <p>{i18next.t('frame.crash.body')}</p>
          <details>
            <summary>{i18next.t('common.rawDetails')}</summary>
            <pre className={styles.raw}>{error instanceof Error ? error.stack : String(error)}</pre>
          </details>
        </Notice>
      </div>
    );
  }
}
