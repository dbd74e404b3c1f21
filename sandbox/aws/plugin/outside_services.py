"""What a service of AWS that is served outside of ministack asks of it: whose key signed, what the key's policies say, and its
events on the default bus.

Security Incident Response is such a service (sandbox/security-ir): ministack does not have it. Callers hold the emulator's token.
"""

import json

from ministack.core import iam_evaluator
from ministack.core.responses import _account_from_sts_session, request_scope
from ministack.services import eventbridge


def find_credential(asked):
    """{accessKeyId} → {found: false} or the key's secret, session token, principal and end, for a signature check outside."""
    key = asked["accessKeyId"]
    account = account_of(key)
    if account is None:
        return {"found": False}
    with request_scope(account, asked["region"]):
        credential = iam_evaluator.resolve_credential(key, account)
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        return {"found": False, "code": credential.code}
    return {
        "found": True,
        "secretAccessKey": credential.secret_access_key,
        "sessionToken": credential.session_token,
        "principalArn": credential.principal_arn,
        "accountId": credential.account_id,
        "expiration": credential.expiration,
    }


def authorize(asked):
    """{accessKeyId, action, resource, region} → what the policies of the key's principal say. The signature is not checked here."""
    key, action = asked["accessKeyId"], asked["action"]
    account = account_of(key)
    if account is None:
        return {"allowed": False}
    with request_scope(account, asked["region"]):
        service = action.partition(":")[0]
        denied = iam_evaluator.enforce(key, action, service, asked["region"], asked["resource"])
    return {"allowed": denied is None}


def account_of(key):
    return _account_from_sts_session(key) or iam_evaluator.find_iam_access_key_account(key)


def emit_event(asked):
    """{account, region, source, detailType, detail, resources, times}: onto the default bus, past the check that refuses
    aws.* sources to everybody but AWS. `times` over 1 dispatches the same event (same id) again: at least once is the promise."""
    entry = {
        "Source": asked["source"],
        "DetailType": asked["detailType"],
        "Detail": json.dumps(asked["detail"]),
        "Resources": asked["resources"],
    }
    # services speak TLS among themselves, whatever way we were asked by: queues refuse everything else
    iam_evaluator.pin_request_origin("127.0.0.1", True)
    with request_scope(asked["account"], asked["region"]):
        eventbridge._ensure_default_bus()
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
        record = eventbridge._events_log_list().pop()
        for _ in range(asked.get("times", 1) - 1):
            eventbridge._dispatch_event(record)
    return {"id": record["EventId"]}
