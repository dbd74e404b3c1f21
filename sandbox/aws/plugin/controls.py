"""The emulator's control surface under /_emulator/. ministack's own one stays shut: it needs no credentials.

ready, seal, clear; and for services that live outside (see outside_services): credential, authorize, event.
"""

import hmac
import json

import ec2_fidelity
import messaging_fidelity
import outside_services
import root_keys
import s3_fidelity
import secret_state

TOKEN_HEADER = b"x-emulator-token"


def with_controls(application, token: str):
    """Wraps ministack's ASGI application; every path that begins with /_ ends here, and so does SNS's certificate."""

    async def wrapped(scope, receive, send):
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif scope["path"].startswith("/_"):
            await answer(send, *control(scope, await body_of(receive), token.encode()))
        elif certificate := messaging_fidelity.certificate_at(scope["path"]):
            await answer(send, 200, certificate)
        else:
            await application(scope, receive, send)

    return wrapped


def control(scope, body: bytes, token: bytes):
    """Status and body."""
    path, method = scope["path"], scope["method"]
    if (method, path) == ("GET", "/_emulator/ready"):
        return 204, b""
    action = ACTIONS.get(path)
    if method != "POST" or action is None:
        return 404, b""
    if not hmac.compare_digest(dict(scope["headers"]).get(TOKEN_HEADER, b""), token):
        return 401, b""
    result = action(json.loads(body or b"{}"))
    return (204, b"") if result is None else (200, json.dumps(result).encode())


def clear(_) -> None:
    """Forgets objects, instances, messages, secrets and items in all accounts; buckets, queues, tables, users, roles and policies stay."""
    s3_fidelity.forget_objects()
    ec2_fidelity.forget_instances()
    messaging_fidelity.forget_messages()
    secret_state.forget_secrets()
    secret_state.forget_items()


ACTIONS = {
    "/_emulator/seal": lambda _: root_keys.seal(),
    "/_emulator/clear": clear,
    "/_emulator/credential": outside_services.find_credential,
    "/_emulator/authorize": outside_services.authorize,
    "/_emulator/event": outside_services.emit_event,
}


async def body_of(receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def answer(send, status: int, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
