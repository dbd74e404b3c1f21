"""A rule whose target is the bus of another account, as members of an organisation send to a central one.

Stock ministack knows only buses of the same account. The event keeps its own account, region and id on the way. A bus's policy is not
asked: what it must say is tested on the template (test/deploy). Source: "Sending and receiving events between AWS accounts", EventBridge
User Guide.
"""

from ministack.core.responses import request_scope
from ministack.services import eventbridge

_stock_dispatch_to_event_bus = eventbridge._dispatch_to_event_bus


def install() -> None:
    eventbridge._dispatch_to_event_bus = dispatch_to_event_bus


def dispatch_to_event_bus(spec, event, rule, event_path, target_input_payload=None):
    kind, _, name = spec.resource.partition("/")
    if kind != "event-bus":
        return _stock_dispatch_to_event_bus(spec, event, rule, event_path, target_input_payload)
    source_rule = eventbridge._rule_key(rule.get("Name"), rule.get("EventBusName", "default"))
    # an event that came from another account is not sent to a third one
    if source_rule in event_path or event.get("_FromOtherAccount"):
        return None
    is_other = spec.account_id != eventbridge.get_account_id()
    with request_scope(spec.account_id, spec.region):
        if name not in eventbridge._event_buses:
            return None
        forwarded = {
            **event,
            "EventBusName": name,
            "_DispatchPath": [*event_path, source_rule],
            "_FromOtherAccount": is_other,
        }
        if target_input_payload is not None:
            forwarded["Detail"] = target_input_payload
        eventbridge._dispatch_event(forwarded)
    return None
