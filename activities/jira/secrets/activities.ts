import { z } from 'zod';
import { checkInput } from '../../activity-input.ts';
import type { SecretTicketsPort } from './port.ts';

const Wanted = z.object({ event: z.object({ eventId: z.string().min(1) }), fresh: z.boolean().optional() });
/** A number, or the key as an automation rule sends it. */
const One = z.object({ issueId: z.string().regex(/^(?:[0-9]{1,19}|[A-Z][A-Z0-9_]{0,99}-[0-9]{1,19})$/) });

/** Reads of tickets that approve changes of secrets. */
export function createSecretTicketActivities(port: SecretTicketsPort): SecretTicketsPort {
  return {
    async findSecretTickets(input) {
      checkInput(Wanted, input, 'findSecretTickets');
      return port.findSecretTickets(input);
    },
    async recordSecretTicket(input) {
      checkInput(One, input, 'recordSecretTicket');
      return port.recordSecretTicket(input);
    },
  };
}
