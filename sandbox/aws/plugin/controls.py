"""The emulator's control surface: /_emulator/{ready,seal,clear}. ministack's own one stays shut: it needs no credentials."""

import hmac

import ec2_fidelity
import root_keys
import s3_fidelity

TOKEN_HEADER = b"x-emulator-token"


def with_controls(application, token: str):
    """Wraps ministack's ASGI application; every path that begins with /_ ends here."""

    async def wrapped(scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith("/_"):
            await answer(send, control_status(scope, token.encode()))
        else:
            await application(scope, receive, send)

    return wrapped


def control_status(scope, token: bytes) -> int:
    path, method = scope["path"], scope["method"]
    if (method, path) == ("GET", "/_emulator/ready"):
        return 204
    action = ACTIONS.get(path)
    if method != "POST" or action is None:
        return 404
    if not hmac.compare_digest(dict(scope["headers"]).get(TOKEN_HEADER, b""), token):
        return 401
    action()
    return 204


def clear() -> None:
    """Forgets objects and instances in all accounts; buckets, users, roles and policies stay."""
    s3_fidelity.forget_objects()
    ec2_fidelity.forget_instances()


ACTIONS = {"/_emulator/seal": root_keys.seal, "/_emulator/clear": clear}


async def answer(send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
