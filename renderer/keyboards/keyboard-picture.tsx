import { mainLayout, useKeyboardPicture } from '../api/keyboards.ts';
import { Thumbnail } from '../drawing/thumbnail.tsx';

/** A keyboard's shape, asked for when it comes into sight; nothing while it is not known. */
export function KeyboardPicture({
  tree,
  keyboard,
}: {
  readonly tree: string;
  readonly keyboard: string;
}) {
  const { data } = useKeyboardPicture(tree, keyboard);
  const layout = data === undefined ? null : mainLayout(data);
  return layout === null ? null : <Thumbnail keys={layout.keys} />;
}
