/** Answers that are files. */
import { z } from 'zod';

/** A 200 whose body is bytes of a media type, offered as a file. */
export function fileAnswer(description: string, mediaType: string) {
  return {
    description,
    content: { [mediaType]: { schema: z.string().meta({ format: 'binary' }) } },
  };
}
