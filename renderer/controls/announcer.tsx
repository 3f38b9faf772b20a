/** One polite live region for the whole window: what changed elsewhere than where the person looks. */
import { create } from 'zustand';

const useAnnouncement = create<{ text: string; count: number }>(() => ({ text: '', count: 0 }));

/** Has a screen reader say a sentence, the same one again included. */
export function announce(text: string): void {
  useAnnouncement.setState(({ count }) => ({ text, count: count + 1 }));
}

export function Announcer() {
  const { text, count } = useAnnouncement();
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {/* A new element each time, or the same words would not be read twice. */}
      <span key={count}>{text}</span>
    </div>
  );
}
