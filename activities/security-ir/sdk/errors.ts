import { TypeRegistry } from '@smithy/core/schema';
import { ServiceException, type ServiceExceptionOptions } from '@smithy/core/client';
import { failure, inHeader, listOf, namespace, structure, text, whole, type Schema } from './shapes.ts';

/** What all errors of the service are. */
class SecurityIRServiceException extends ServiceException {}

type Given = Omit<ServiceExceptionOptions, 'name' | '$fault'>;

class AccessDeniedException extends SecurityIRServiceException {
  constructor(given: Given) {
    super({ ...given, name: 'AccessDeniedException', $fault: 'client' });
  }
}
class ConflictException extends SecurityIRServiceException {
  constructor(given: Given) {
    super({ ...given, name: 'ConflictException', $fault: 'client' });
  }
}
class InternalServerException extends SecurityIRServiceException {
  constructor(given: Given) {
    super({ ...given, name: 'InternalServerException', $fault: 'server' });
  }
}
export class InvalidTokenException extends SecurityIRServiceException {
  constructor(given: Given) {
    super({ ...given, name: 'InvalidTokenException', $fault: 'client' });
  }
}
class ResourceNotFoundException extends SecurityIRServiceException {
  constructor(given: Given) {
    super({ ...given, name: 'ResourceNotFoundException', $fault: 'client' });
  }
}
export class SecurityIncidentResponseNotActiveException extends SecurityIRServiceException {
  constructor(given: Given) {
    super({ ...given, name: 'SecurityIncidentResponseNotActiveException', $fault: 'client' });
  }
}
export class ServiceQuotaExceededException extends SecurityIRServiceException {
  constructor(given: Given) {
    super({ ...given, name: 'ServiceQuotaExceededException', $fault: 'client' });
  }
}
class ThrottlingException extends SecurityIRServiceException {
  /** Of the header Retry-After. */
  readonly retryAfterSeconds?: number;
  constructor(given: Given & { readonly retryAfterSeconds?: number }) {
    super({ ...given, name: 'ThrottlingException', $fault: 'client' });
    if (given.retryAfterSeconds !== undefined) this.retryAfterSeconds = given.retryAfterSeconds;
  }
}
class ValidationException extends SecurityIRServiceException {
  constructor(given: Given) {
    super({ ...given, name: 'ValidationException', $fault: 'client' });
  }
}

const message = { message: text };
const resource = { resourceId: text, resourceType: text };
const retryAfter = { retryAfterSeconds: inHeader(whole, 'Retry-After') };
const fields = listOf(
  'ValidationExceptionFieldList',
  structure('ValidationExceptionField', { name: text, message: text }),
);

type ErrorClass = new (given: never) => SecurityIRServiceException;

/** Each error's form, and the class that it becomes. */
export const errorShapes: readonly (readonly [Schema, ErrorClass])[] = [
  [failure('AccessDeniedException', 403, message), AccessDeniedException],
  [failure('ConflictException', 409, { ...message, ...resource }), ConflictException],
  [failure('InternalServerException', 500, message, retryAfter), InternalServerException],
  [failure('InvalidTokenException', 423, message), InvalidTokenException],
  [failure('ResourceNotFoundException', 404, message), ResourceNotFoundException],
  [
    failure('SecurityIncidentResponseNotActiveException', 400, message),
    SecurityIncidentResponseNotActiveException,
  ],
  [
    failure('ServiceQuotaExceededException', 402, {
      ...message,
      ...resource,
      ...{ serviceCode: text, quotaCode: text },
    }),
    ServiceQuotaExceededException,
  ],
  [
    failure('ThrottlingException', 429, message, { serviceCode: text, quotaCode: text, ...retryAfter }),
    ThrottlingException,
  ],
  [
    failure('ValidationException', 400, { ...message, reason: text }, { fieldList: fields }),
    ValidationException,
  ],
];

/** For the runtime: which class an answer becomes. */
export function errorRegistries(): readonly TypeRegistry[] {
  const synthetic = `smithy.ts.sdk.synthetic.${namespace}`;
  const base = new TypeRegistry(synthetic);
  base.registerError(
    [-3, synthetic, 'SecurityIRServiceException', 0, [], []] as never,
    SecurityIRServiceException,
  );
  const own = new TypeRegistry(namespace);
  for (const [schema, made] of errorShapes) own.registerError(schema as never, made);
  return [base, own];
}
