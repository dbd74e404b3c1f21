import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import type { TrailPort } from './port.ts';

const Place = z.object({ account: z.string().regex(/^[0-9]{12}$/), region: z.string().min(1) });
const LookUp = Place.extend({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  cursor: z.string().min(1).nullable(),
});
const Listing = Place.extend({ from: z.iso.datetime() });

/** One page of CloudTrail a call, so that a sweep that is broken off goes on where it was. */
export function createTrailActivities(port: TrailPort) {
  return {
    async lookUpChanges(input: Parameters<TrailPort['lookUpChanges']>[0]) {
      checkInput(LookUp, input, 'lookUpChanges');
      return port.lookUpChanges(input);
    },
    async listChangedSecrets(input: Parameters<TrailPort['listChangedSecrets']>[0]) {
      checkInput(Listing, input, 'listChangedSecrets');
      return port.listChangedSecrets(input);
    },
  };
}
