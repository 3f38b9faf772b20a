/** How a browser becomes known as the person's at this machine. */
import { z } from 'zod';

export const browserCodeSchema = z
  .object({ code: z.string().describe('Good for one exchange within ten minutes') })
  .meta({ id: 'BrowserCode' });

export const openSessionBody = z.object({ code: z.string().max(200) });

export const sessionSchema = z
  .object({
    token: z.string().describe('To be sent as Authorization: Bearer …; shown this once'),
    expiresAt: z.int().describe('Milliseconds since the epoch'),
  })
  .meta({ id: 'Session' });
