import { Download, Pause, Play, Terminal, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { saveFile } from '../editor/save-file.ts';
import styles from './console.module.css';
import { appendLines, type ConsoleLine, filterLines, writeLines } from './console-lines.ts';
import { followStream } from './follow-stream.ts';

/** Lines come one by one; drawing each would be all that the window did. */
const GATHER_MS = 100;

/** What attached keyboards print: with times, filtered, held back, saved. */
export function Console() {
  const { t } = useTranslation();
  const [paused, setPaused] = useState(false);
  const [filter, setFilter] = useState({ text: '', device: '' });
  const { lines, held, clear } = useConsole(paused);
  const titles = new Map(lines.map(({ device, title }) => [device, title]));
  const text = writeLines(filterLines(lines, filter), titles.size > 1);
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new text is a reason to scroll
  useEffect(() => {
    const { current } = box;
    if (current !== null && atEnd.current) current.scrollTop = current.scrollHeight;
  }, [text]);
  return (
    <div className={styles.page}>
      <div className={styles.tools}>
        <input
          type="search"
          className={styles.input}
          value={filter.text}
          placeholder={t('flash.console.filter')}
          aria-label={t('flash.console.filter')}
          onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        />
        {titles.size > 1 && (
          <select
            className={styles.input}
            aria-label={t('flash.console.from')}
            value={filter.device}
            onChange={(event) => setFilter({ ...filter, device: event.target.value })}
          >
            <option value="">{t('flash.console.from')} …</option>
            {[...titles].map(([device, title]) => (
              <option key={device} value={device}>
                {title}
              </option>
            ))}
          </select>
        )}
        <Button
          size="small"
          icon={paused ? <Play /> : <Pause />}
          aria-pressed={paused}
          onClick={() => setPaused(!paused)}
        >
          {paused ? t('flash.console.resume') : t('flash.console.pause')}
        </Button>
        <Button size="small" icon={<Trash2 />} disabled={lines.length === 0} onClick={clear}>
          {t('flash.console.clear')}
        </Button>
        <Button
          size="small"
          icon={<Download />}
          disabled={text === ''}
          onClick={() =>
            void saveFile({ name: 'console.txt', mediaType: 'text/plain', content: text })
          }
        >
          {t('flash.console.save')}
        </Button>
        {held > 0 && (
          <span className={styles.held}>{t('flash.console.paused', { count: held })}</span>
        )}
      </div>
      {lines.length === 0 ? (
        <EmptyState icon={Terminal} title={t('flash.console.none')}>
          {t('flash.console.noneBody')}
        </EmptyState>
      ) : (
        <pre
          ref={box}
          className={styles.lines}
          role="log"
          aria-live="off"
          aria-label={t('flash.console.name')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll the lines
          tabIndex={0}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
          }}
        >
          {text}
        </pre>
      )}
    </div>
  );
}

/** The lines while this is shown. @param paused whether new ones are held back */
function useConsole(paused: boolean) {
  const [lines, setLines] = useState<readonly ConsoleLine[]>([]);
  const [held, setHeld] = useState(0);
  const waiting = useRef<readonly ConsoleLine[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    void followStream('/kiln/v1/console/events', stop.signal, ({ event, data }) => {
      if (event === 'line') waiting.current = appendLines(waiting.current, [data as ConsoleLine]);
    });
    return () => stop.abort();
  }, []);
  useEffect(() => {
    const timer = setInterval(() => {
      const more = waiting.current;
      if (paused) {
        setHeld(more.length);
        return;
      }
      setHeld(0);
      if (more.length === 0) return;
      waiting.current = [];
      setLines((all) => appendLines(all, more));
    }, GATHER_MS);
    return () => clearInterval(timer);
  }, [paused]);
  const clear = () => {
    waiting.current = [];
    setLines([]);
  };
  return { lines, held, clear };
}
