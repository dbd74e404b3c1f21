import { isFailureType, type FailureType } from '../../workflows/shared/failures.ts';

/** @param code of LkWaitingOn · @returns the failure type in `<system>:<failure type>` */
export function failureTypeOfCode(code: string): FailureType | undefined {
  const type = code.split(':')[1];
  return isFailureType(type) ? type : undefined;
}
