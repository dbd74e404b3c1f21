"""Which resources, actions and condition keys an EC2 call is authorized on.

ministack asks about the first resource that a call names, CreateTags about none. AWS asks about each: TerminateInstances
and CreateTags about every instance;
RunInstances about the instance, its volume and network interface and the image, subnet and security groups, then about
ec2:CreateTags for tags set at launch and iam:PassRole for the role of an instance profile.
Source: AWS Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2".
"""

import re

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, iam

_PER_INSTANCE = ("TerminateInstances", "StopInstances", "StartInstances", "RebootInstances")

_LAUNCH_TAG = re.compile(r"^(TagSpecification\.\d+\.Tag\.\d+)\.Key$")

_stock_extract_resource_arn = iam_actions.extract_resource_arn
_stock_resource_arns = iam_actions.verified_access_resource_arns
_stock_request_tag_context = iam_actions.request_tag_context


def install() -> None:
    iam_actions.extract_resource_arn = extract_resource_arn
    # Named after the one feature that uses it in stock ministack, but asked for every EC2 call.
    iam_actions.verified_access_resource_arns = resource_arns
    iam_actions.request_tag_context = request_context


def extract_resource_arn(service, method, path, headers, body, params, region, account_id):
    arns = resource_arns(params, region, account_id) if service == "ec2" else []
    return arns[0] if arns else _stock_extract_resource_arn(
        service, method, path, headers, body, params, region, account_id)


def resource_arns(params, region, account_id):
    action = ec2._p(params, "Action")
    own = f"arn:aws:ec2:{region}:{account_id}"
    if action in _PER_INSTANCE:
        return [f"{own}:instance/{i}" for i in ec2._parse_member_list(params, "InstanceId")]
    if action in ("CreateTags", "DeleteTags"):
        kinds = {"i": "instance", "vol": "volume"}
        tagged = ec2._parse_member_list(params, "ResourceId")
        return [f"{own}:{kinds.get(i.split('-')[0], 'other')}/{i}" for i in tagged]
    if action == "RunInstances":
        return launch_arns(params, own, f"arn:aws:ec2:{region}:")
    return _stock_resource_arns(params, region, account_id)


def launch_arns(params, own, images):
    subnet = ec2._p(params, "SubnetId") or ec2._DEFAULT_SUBNET_ID
    groups = ec2._parse_member_list(params, "SecurityGroupId") or [ec2._DEFAULT_SG_ID]
    made = [f"{own}:{kind}/*" for kind in ("instance", "volume", "network-interface")]
    used = [f"{own}:subnet/{subnet}", *(f"{own}:security-group/{group}" for group in groups)]
    # Images carry no account in their ARN.
    return [*made, *used, f"{images}:image/{ec2._p(params, 'ImageId')}"]


def request_context(service, action, body, params):
    context = _stock_request_tag_context(service, action, body, params)
    if action != "ec2:RunInstances":
        return context
    return {**context, **launch_tag_context(params),
            "ec2:InstanceType": ec2._p(params, "InstanceType"),
            "ec2:MetadataHttpTokens": ec2._p(params, "MetadataOptions.HttpTokens") or "optional"}


def launch_tag_context(params):
    """aws:RequestTag/<key> and aws:TagKeys of tags set at launch, which stock ministack leaves out."""
    found = filter(None, map(_LAUNCH_TAG.match, params))
    tags = {ec2._p(params, tag.group(0)): ec2._p(params, f"{tag.group(1)}.Value") for tag in found}
    named = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return {**named, "aws:TagKeys": list(tags)} if tags else {}


def launch_refusal(params):
    """The error of a launch whose caller may not tag it or pass the profile's role on, else None."""
    tags = launch_tag_context(params)
    if tags:
        context = {**tags, "ec2:CreateAction": "RunInstances"}
        instances = f"arn:aws:ec2:{get_region()}:{get_account_id()}:instance/*"
        if is_denied("ec2:CreateTags", "ec2", instances, context):
            return unauthorized("ec2:CreateTags", instances)
    for role in profile_roles(params):
        if is_denied("iam:PassRole", "iam", role, {"iam:PassedToService": "ec2.amazonaws.com"}):
            return unauthorized("iam:PassRole", role)
    return None


def profile_roles(params):
    name, arn = ec2._p(params, "IamInstanceProfile.Name"), ec2._p(params, "IamInstanceProfile.Arn")
    profile = iam._lookup_instance_profile(name=name, arn=arn) or {}
    return [role_arn(role) for role in profile.get("Roles", [])]


def role_arn(role):
    """ministack stores either the role's record or only its name."""
    return role["Arn"] if isinstance(role, dict) else iam._roles.get(role)["Arn"]


def is_denied(action, service, resource, context) -> bool:
    key = iam_evaluator._verified_key.get()
    # No verified key: an account's root before the seal.
    return bool(key) and iam_evaluator.enforce(key, action, service, get_region(), resource, context) is not None


def unauthorized(action, resource):
    message = (f"You are not authorized to perform this operation. User: {iam_evaluator.caller_arn()} "
               f"is not authorized to perform: {action} on resource: {resource}")
    return ec2._error("UnauthorizedOperation", message, 403)
