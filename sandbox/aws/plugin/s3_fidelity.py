"""S3 as AWS answers it: bucket policies that name a role of another account, and ExpectedBucketOwner."""

import dataclasses

from ministack.core import iam_evaluator
from ministack.services import s3

_stock_evaluate_resource_policy = iam_evaluator.evaluate_resource_policy
_stock_apply_bucket_scope = s3._apply_bucket_scope


def install() -> None:
    iam_evaluator.evaluate_resource_policy = evaluate_resource_policy
    s3._apply_bucket_scope = apply_bucket_scope


def evaluate_resource_policy(document, context, *args, **kwargs):
    """ministack asks a foreign bucket's policy as the caller's account root; ask as the user or role that calls.

    Statements that name the account as a whole still match: AWS and ministack let a root principal stand for all of it.
    """
    caller = iam_evaluator.caller_arn()
    if context.principal_type == "Root" and is_member_of(caller, context.principal_account):
        kind = "AssumedRole" if ":assumed-role/" in caller else "User"
        context = dataclasses.replace(context, principal_arn=caller, principal_type=kind)
    return _stock_evaluate_resource_policy(document, context, *args, **kwargs)


def is_member_of(caller: str, account: str) -> bool:
    return bool(account) and f":{account}:" in caller and not caller.endswith(":root")


def apply_bucket_scope(method, bucket, key, headers, *args, **kwargs):
    expected = headers.get("x-amz-expected-bucket-owner")
    owner = s3._bucket_owner_account(bucket) if bucket else None
    if expected and owner and expected != owner:
        return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")
    return _stock_apply_bucket_scope(method, bucket, key, headers, *args, **kwargs)


def forget_objects() -> None:
    for bucket in s3._buckets._data.values():
        bucket["objects"].clear()
    for store in (
        s3._object_versions,
        s3._object_tags,
        s3._object_acl,
        s3._multipart_uploads,
        s3._completed_multipart_uploads,
    ):
        store.clear()
