"""IAM evaluation as AWS does it: policy variables, and tags of EC2 resources as condition keys."""

import dataclasses
import json
import re

from ministack.core import iam_evaluator
from ministack.services import ec2

_VARIABLE = re.compile(r"\$\{([^}]+)\}")
# No resource or tag holds a NUL, so a variable without a value matches nothing, as on AWS.
_UNRESOLVED = "\0"

_stock_resolve_condition_key = iam_evaluator._resolve_condition_key
_stock_first_match = iam_evaluator._first_match


def install() -> None:
    iam_evaluator._resolve_condition_key = resolve_condition_key
    iam_evaluator._first_match = first_match


def resolve_condition_key(key, context):
    """ec2:ResourceTag/<name> and aws:ResourceTag/<name> are the tags of the instance that the call names."""
    is_tag_key = key.lower().startswith(("ec2:resourcetag/", "aws:resourcetag/"))
    if is_tag_key and context.resource_arn.startswith("arn:aws:ec2:"):
        return ec2_tag(context.resource_arn.rsplit("/", 1)[-1], key.split("/", 1)[1])
    return _stock_resolve_condition_key(key, context)


def ec2_tag(resource_id, name):
    tags = ec2._tags.get(resource_id) or []
    return next((tag["Value"] for tag in tags if tag["Key"] == name), None)


def first_match(context, statements, effect):
    return _stock_first_match(context, [with_variables(s, context) for s in statements], effect)


def with_variables(statement, context):
    parts = (statement.resources, statement.not_resources, statement.conditions)
    if "${" not in json.dumps(parts):
        return statement
    resources, not_resources, conditions = (substitute(part, context) for part in parts)
    return dataclasses.replace(statement, resources=resources, not_resources=not_resources, conditions=conditions)


def substitute(value, context):
    if isinstance(value, list):
        return [substitute(item, context) for item in value]
    if isinstance(value, dict):
        return {key: substitute(item, context) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    return _VARIABLE.sub(lambda found: variable_value(found.group(1), context), value)


def variable_value(name, context) -> str:
    # ${*}, ${?} and ${$} are the escaped characters themselves.
    if name in ("*", "?", "$"):
        return name
    value = resolve_condition_key(name, context)
    return value if isinstance(value, str) else _UNRESOLVED
