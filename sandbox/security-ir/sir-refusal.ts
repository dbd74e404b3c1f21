import type { VendorResponse } from '../shared/front.ts';

export interface FieldFault {
  readonly name: string;
  readonly message: string;
}

/** An answer that is no success, in the shape of AWS's model: the type in a header, the members in the body. */
export class SirRefusal extends Error {
  readonly response: VendorResponse;

  constructor(status: number, type: string, body: object, headers: Readonly<Record<string, string>> = {}) {
    super(`${status} ${type} ${JSON.stringify(body)}`);
    this.response = { status, headers: { 'x-amzn-errortype': type, ...headers }, body };
  }
}

export type ValidationReason = 'UNKNOWN_OPERATION' | 'CANNOT_PARSE' | 'FIELD_VALIDATION_FAILED' | 'OTHER';

export const invalid = (
  message: string,
  reason: ValidationReason = 'OTHER',
  fieldList: readonly FieldFault[] = [],
) => new SirRefusal(400, 'ValidationException', { message, reason, fieldList });

export const invalidField = (name: string, message: string) =>
  invalid(`${name}: ${message}`, 'FIELD_VALIDATION_FAILED', [{ name, message }]);

export const notFound = (what: string) =>
  new SirRefusal(404, 'ResourceNotFoundException', { message: `${what} could not be found.` });

export const conflict = (message: string, resourceId: string, resourceType = 'case') =>
  new SirRefusal(409, 'ConflictException', { message, resourceId, resourceType });

export const accessDenied = (principal: string, action: string, resource: string) =>
  new SirRefusal(403, 'AccessDeniedException', {
    message: `User: ${principal} is not authorized to perform: ${action} on resource: ${resource}`,
  });

export const throttled = (seconds: number) =>
  new SirRefusal(
    429,
    'ThrottlingException',
    { message: 'Rate exceeded', serviceCode: 'security-ir', quotaCode: 'L-SANDBOX' },
    { 'retry-after': String(seconds) },
  );

export const notActive = () =>
  new SirRefusal(400, 'SecurityIncidentResponseNotActiveException', {
    message: 'The account has no active membership of AWS Security Incident Response.',
  });

export const quotaExceeded = (message: string, resourceId: string) =>
  new SirRefusal(402, 'ServiceQuotaExceededException', {
    ...{ message, resourceId, resourceType: 'case', serviceCode: 'security-ir', quotaCode: 'L-SANDBOX' },
  });

/** Of a signature: what any service of AWS answers before it looks at the call. */
export const unsigned = (type: string, message: string) => new SirRefusal(403, type, { message });
