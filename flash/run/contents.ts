/** What a device holds, as far as anybody can know: the first thing that a person asks after a flash run. */

export const CONTENTS = {
  unchanged: 'It still holds the firmware that it had.',
  erased: 'It holds no firmware, only its bootloader.',
  partial:
    'It holds a part of the new firmware, and will most likely not work until it is flashed again.',
  differs: 'It holds something else than the image: the comparison failed.',
  unknown: 'Nobody can say what it holds: writing may have begun.',
  'new-unverified': 'It holds the new firmware as far as can be told; nothing was compared.',
  new: 'It holds the new firmware, compared byte by byte.',
} as const;

export type Contents = keyof typeof CONTENTS;
