/** A sentence of the service, in which code stands between backticks. */
export function Words({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name, and never move
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  );
}
