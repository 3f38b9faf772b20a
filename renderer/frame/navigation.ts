/** The pages of the rail, in their order. */
import {
  Activity,
  Hammer,
  Keyboard,
  type LucideIcon,
  Server,
  Settings2,
  SquarePen,
  TreeDeciduous,
  Zap,
} from 'lucide-react';

export interface RailItem {
  readonly name:
    | 'keyboards'
    | 'editor'
    | 'builds'
    | 'flash'
    | 'trees'
    | 'health'
    | 'service'
    | 'settings';
  readonly path: string;
  readonly icon: LucideIcon;
  /** Down at the foot: about Kiln, not about the keyboard. */
  readonly isFoot: boolean;
}

export const RAIL: readonly RailItem[] = [
  { name: 'keyboards', path: '/keyboards', icon: Keyboard, isFoot: false },
  { name: 'editor', path: '/editor', icon: SquarePen, isFoot: false },
  { name: 'builds', path: '/builds', icon: Hammer, isFoot: false },
  { name: 'flash', path: '/flash', icon: Zap, isFoot: false },
  { name: 'trees', path: '/trees', icon: TreeDeciduous, isFoot: true },
  { name: 'health', path: '/health', icon: Activity, isFoot: true },
  { name: 'service', path: '/service', icon: Server, isFoot: true },
  { name: 'settings', path: '/settings', icon: Settings2, isFoot: true },
];

/** Where a keyboard is edited. Its name keeps its slashes, so that the address can be read. */
export function editorPath(tree: string, keyboard: string): string {
  const name = keyboard.split('/').map(encodeURIComponent).join('/');
  return `/editor/${encodeURIComponent(tree)}/${name}`;
}
