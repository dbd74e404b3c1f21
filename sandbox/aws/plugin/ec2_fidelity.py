"""EC2 as AWS answers it: user data, console output, ClientToken, DryRun, and instance profiles that must exist.

RunInstances has no pending phase here: an instance is `running` at once, long before its user data ends.
"""

import base64
import hashlib
import json
import threading
import time

from launch_authorization import launch_refusal
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2

# AWS keeps the last 64 KB.
_CONSOLE_LIMIT = 64 * 1024

_stock_run_instances = ec2._ACTION_MAP["RunInstances"]
_stock_describe_instance_attribute = ec2._ACTION_MAP["DescribeInstanceAttribute"]
_stock_instance_xml = ec2._instance_xml
# (account, region, client token) -> (fingerprint of the parameters, instance ids, answer)
_launches: dict = {}
# (account, region, instance id) -> {ClientToken, InstanceInitiatedShutdownBehavior}
_launch_options: dict = {}
_launching = threading.Lock()


def install(console_directory) -> None:
    ec2._ACTION_MAP["RunInstances"] = run_instances
    ec2._ACTION_MAP["DescribeInstanceAttribute"] = describe_instance_attribute
    ec2._ACTION_MAP["GetConsoleOutput"] = lambda params: get_console_output(params, console_directory)
    ec2._instance_xml = instance_xml


def run_instances(params):
    refusal = profile_error(params) or launch_refusal(params)
    if refusal:
        return refusal
    if ec2._p(params, "DryRun").lower() == "true":
        return ec2._error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
    with _launching:
        return launch_once(params)


def profile_error(params):
    arn, name = ec2._p(params, "IamInstanceProfile.Arn"), ec2._p(params, "IamInstanceProfile.Name")
    return ec2._resolve_iam_instance_profile(iam_arn=arn, iam_name=name)[1]


def launch_once(params):
    token = scoped(ec2._p(params, "ClientToken"))
    earlier = _launches.get(token)
    if earlier:
        return earlier_answer(earlier, fingerprint(params))
    known = set(ec2._instances)
    answer = _stock_run_instances(params)
    made = [instance_id for instance_id in ec2._instances if instance_id not in known]
    for instance_id in made:
        _launch_options[scoped(instance_id)] = {
            name: ec2._p(params, name) for name in ("ClientToken", "InstanceInitiatedShutdownBehavior")}
    answer = with_current_instances(answer, made)
    if ec2._p(params, "ClientToken") and answer[0] == 200:
        _launches[token] = (fingerprint(params), made, (answer[0], dict(answer[1]), answer[2]))
    return answer


def scoped(key):
    return get_account_id(), get_region(), key


def fingerprint(params) -> str:
    """Of what the caller asked for; a presigned or repeated call differs in its signature only."""
    asked = sorted((name, value) for name, value in params.items() if not name.startswith("X-Amz"))
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def earlier_answer(earlier, now_asked):
    asked, made, answer = earlier
    if asked != now_asked:
        return ec2._error("IdempotentParameterMismatch", "The request uses the same client token as a previous, "
                          "but non-identical request.", 400)
    return with_current_instances(answer, made)


def with_current_instances(answer, made):
    """The same reservation with the instances as they are now. ministack adds to the headers it gets: they are copied."""
    status, headers, body = answer[0], dict(answer[1]), answer[2]
    if status != 200 or not all(instance_id in ec2._instances for instance_id in made):
        return status, headers, body
    head, _, rest = body.decode().partition("<instancesSet>")
    _, _, tail = rest.partition("</instancesSet>")
    items = "".join(ec2._instance_xml(ec2._instances[instance_id]) for instance_id in made)
    return status, headers, f"{head}<instancesSet>{items}</instancesSet>{tail}".encode()


def instance_xml(instance):
    options = _launch_options.get(scoped(instance["InstanceId"]), {})
    token = ec2._esc(options.get("ClientToken", ""))
    head, end, _ = _stock_instance_xml(instance).rpartition("</item>")
    return f"{head}<clientToken>{token}</clientToken>{end}"


def describe_instance_attribute(params):
    instance = ec2._instances.get(ec2._p(params, "InstanceId"))
    attribute = ec2._p(params, "Attribute")
    if not instance or attribute not in ("userData", "instanceInitiatedShutdownBehavior"):
        return _stock_describe_instance_attribute(params)
    instance_id = instance["InstanceId"]
    options = _launch_options.get(scoped(instance_id), {})
    value = instance.get("UserData", "") if attribute == "userData" \
        else options.get("InstanceInitiatedShutdownBehavior") or "stop"
    inner = f"<value>{ec2._esc(value)}</value>" if value else ""
    return ec2._xml(200, "DescribeInstanceAttributeResponse",
                    f"<instanceId>{instance_id}</instanceId><{attribute}>{inner}</{attribute}>")


def get_console_output(params, console_directory):
    """What the instance runner wrote to <console directory>/<instance id>.log; empty before the first line."""
    instance_id = ec2._p(params, "InstanceId")
    if instance_id not in ec2._instances:
        return ec2._error("InvalidInstanceID.NotFound", f"The instance ID '{ec2._esc(instance_id)}' does not exist", 400)
    log = console_directory / f"{instance_id}.log"
    output = log.read_bytes()[-_CONSOLE_LIMIT:] if log.exists() else b""
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return ec2._xml(200, "GetConsoleOutputResponse",
                    f"<instanceId>{instance_id}</instanceId><timestamp>{now}</timestamp>"
                    f"<output>{base64.b64encode(output).decode()}</output>")


def forget_instances() -> None:
    for store in (ec2._instances, ec2._tags, ec2._volumes, _launches, _launch_options):
        store.clear()
