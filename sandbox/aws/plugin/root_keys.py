"""ministack trusts the keys that stand for an account's root (its twelve digits, or "test") without a signature check.

They serve to make the accounts; seal() retires them, and from then on only keys of IAM users and roles work.
"""

from ministack.core import iam_evaluator

_stock_is_root_access_key = iam_evaluator.is_root_access_key
_sealed = False


def install() -> None:
    iam_evaluator.is_root_access_key = is_root_access_key


def seal() -> None:
    global _sealed
    _sealed = True


def is_root_access_key(access_key_id: str) -> bool:
    """An empty key stays what it is for ministack: an anonymous request, refused elsewhere."""
    if _sealed and access_key_id:
        return False
    return _stock_is_root_access_key(access_key_id)
