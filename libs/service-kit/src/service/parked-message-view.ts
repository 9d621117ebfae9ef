import type { ParkedMessage } from '@cairn/event-bus';
import { z } from 'zod';

/** A parked message as operations see it: what it says is left out, for it is the districts', and this list is not. */
export const parkedMessageSchema = z.object({
  sequence: z.string(),
  group: z.string(),
  topic: z.string(),
  key: z.string(),
  messageId: z.string(),
  district: z.string().optional(),
  type: z.string().optional(),
  reason: z.string(),
  attempts: z.int(),
  parkedAt: z.iso.datetime(),
});

const charactersMax = 200;

const envelopeSchema = z.object({ district: z.unknown(), type: z.unknown() }).partial();

/** What the envelope of a message says, if it has one: a message may be parked because it has none. */
const envelopeOf = (value: string): z.infer<typeof envelopeSchema> => {
  try {
    return envelopeSchema.safeParse(JSON.parse(value)).data ?? {};
  } catch {
    return {};
  }
};

const short = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, charactersMax) : undefined;

export const viewOf = (parked: ParkedMessage): z.infer<typeof parkedMessageSchema> => {
  const { sequence, group, reason, attempts, parkedAt, message } = parked;
  const { topic, key, id: messageId, headers, value } = message;
  const envelope = envelopeOf(value);
  const district = short(headers['cairn-district']) ?? short(envelope.district);
  const type = short(headers['ce-type']) ?? short(envelope.type);
  return {
    sequence,
    group,
    topic,
    key,
    messageId,
    ...(district === undefined ? {} : { district }),
    ...(type === undefined ? {} : { type }),
    reason,
    attempts,
    parkedAt,
  };
};
