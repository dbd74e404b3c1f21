"""What tests and demo leave behind in Secrets Manager and DynamoDB; and who emits events of secrets.

Those come from whoever acts in the sandbox (sandbox/drive/secret-person.ts), all in CloudTrail's form and by one way, so that one can be
lost, doubled or late; ministack's own "Secret Label Updated" would go out whatever was asked for.
"""

import time

from ministack.services import dynamodb, secretsmanager

_stock_delete_secret = secretsmanager._delete_secret


def install() -> None:
    secretsmanager._emit_secret_label_updated = lambda *_: None
    secretsmanager._delete_secret = delete_secret


def delete_secret(data):
    """DeletedDate is when somebody deleted it, as ListSecrets says on AWS; ministack keeps when the window ends."""
    answer = _stock_delete_secret(data)
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    if secret and secret.get("DeletedDate") and answer[0] == 200:
        secret["DeletedDate"] = int(time.time())
    return answer


def forget_secrets() -> None:
    secretsmanager.reset()


def forget_items() -> None:
    """Of every table; the tables and their indexes stay."""
    with dynamodb._lock:
        for table in dynamodb._tables._data.values():
            table["items"].clear()
            table["ItemCount"] = 0
            # kept beside the items, and built again when it is missing
            table.pop(dynamodb._INDEX_MEMBERS, None)
