/** An answer that is not a success, in GitLab's JSON. */
export class GitlabRefusal extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, body: object) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

export function unauthorized(): GitlabRefusal {
  return new GitlabRefusal(401, { message: '401 Unauthorized' });
}

/** The role does not reach, or the record's state forbids it (`detail`). */
export function forbidden(detail?: string): GitlabRefusal {
  return new GitlabRefusal(403, { message: detail ? `403 Forbidden - ${detail}` : '403 Forbidden' });
}

/** What `conflict!` answers. */
export function conflict(reason: string): GitlabRefusal {
  return new GitlabRefusal(409, { message: reason });
}

/** `what` as GitLab names it: `Project`, `Pipeline`, `Not Found` for records without a label of their own. */
export function notFound(what?: string): GitlabRefusal {
  return new GitlabRefusal(404, { message: what ? `404 ${what} Not Found` : '404 Not found' });
}

/** A parameter of the wrong form, in the words of GitLab's parameter check: `ref is missing`. */
export function badParameter(error: string): GitlabRefusal {
  return new GitlabRefusal(400, { error });
}

/** What `bad_request!` answers. */
export function badRequest(reason: string): GitlabRefusal {
  return new GitlabRefusal(400, { message: `400 Bad request - ${reason}` });
}

/** A pipeline that cannot be created. */
export function badPipeline(reason: string): GitlabRefusal {
  return new GitlabRefusal(400, { message: { base: [reason] } });
}
