/** Pieces of C source that are safe whatever the text they are made of. */

/** For a comment: anything that could end it, or the line, becomes a question mark. */
export function commentText(text: string): string {
  return text.replace(/[^A-Za-z0-9_/.-]/g, '?');
}

/** UTF-16 units as a list of numbers, so that no character of the text is C to the compiler. */
export function utf16List(text: string): string {
  return Array.from({ length: text.length }, (_, at) => hex(text.charCodeAt(at))).join(', ');
}

/** A 16-bit number as C and QMK's tables write it. */
export function hex(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Bytes of a USB string descriptor are counted in a byte, two for each unit and two for the head. */
export const MAX_USB_STRING = 126;
