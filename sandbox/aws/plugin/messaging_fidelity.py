"""SNS as it speaks to HTTPS endpoints: messages are really signed and carry their headers.

Stock ministack signs with the word FAKE and names a certificate that nobody serves. Here the certificate is served at its path by the
emulator, under whatever host it is asked for: the sandbox's clients reach sns.<region>.amazonaws.com at the emulator's address.
Source: "Verifying the signatures of Amazon SNS messages", Amazon SNS Developer Guide.
"""

import base64
import datetime
import hashlib
import json
import threading
import urllib.parse
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from ministack.core.responses import request_scope
from ministack.services import sns, sqs

_NOTIFICATION_KEYS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION_KEYS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_POST_TIMEOUT_SECONDS = 15

_stock_build_envelope = sns._build_envelope
_signer = None
_making = threading.Lock()


def install() -> None:
    sns._build_envelope = build_envelope
    sns._http_post_sync = post


class Signer:
    """A key and its certificate, made at the first message: most runs of the sandbox send none."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .sign(self.key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.path = f"/SimpleNotificationService-{hashlib.sha256(self.pem).hexdigest()[:32]}.pem"

    def sign(self, text: str, version: str) -> str:
        digest = hashes.SHA256() if version == "2" else hashes.SHA1()
        return base64.b64encode(self.key.sign(text.encode(), padding.PKCS1v15(), digest)).decode()


def signer() -> Signer:
    """Messages are posted by several threads: two keys at once would leave one of them without its certificate."""
    global _signer
    with _making:
        _signer = _signer or Signer()
    return _signer


def certificate_at(path: str):
    """The PEM, or None where it is not."""
    return _signer.pem if _signer is not None and path == _signer.path else None


def build_envelope(topic_arn, msg_id, message, subject, message_attributes, raw):
    envelope = _stock_build_envelope(topic_arn, msg_id, message, subject, message_attributes, raw)
    return envelope if raw else json.dumps(signed(json.loads(envelope)))


def signed(envelope):
    """With the hosts that AWS names, and a signature over the keys of its type in their order."""
    topic = topic_of(envelope["TopicArn"])
    version = str((topic.get("attributes") or {}).get("SignatureVersion") or "1")
    host = f"https://sns.{envelope['TopicArn'].split(':')[3]}.amazonaws.com"
    for link in ("SubscribeURL", "UnsubscribeURL"):
        if link in envelope:
            envelope[link] = f"{host}/?{urllib.parse.urlsplit(envelope[link]).query}"
    keys = _NOTIFICATION_KEYS if envelope["Type"] == "Notification" else _CONFIRMATION_KEYS
    text = "".join(f"{key}\n{envelope[key]}\n" for key in keys if envelope.get(key) is not None)
    return {
        **envelope,
        "SignatureVersion": version,
        "SigningCertURL": f"{host}{signer().path}",
        "Signature": signer().sign(text, version),
    }


def post(endpoint: str, payload: str, kind: str) -> int:
    """ministack's own, with the headers of SNS. Confirmations come here unsigned."""
    if kind == "SubscriptionConfirmation":
        payload = json.dumps(signed(json.loads(payload)))
    message = readable(payload)
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": kind,
    }
    if message is None:
        headers["x-amz-sns-rawdelivery"] = "true"
    else:
        headers["x-amz-sns-message-id"] = message["MessageId"]
        headers["x-amz-sns-topic-arn"] = message["TopicArn"]
        if kind == "Notification":
            headers["x-amz-sns-subscription-arn"] = subscription_arn(message["TopicArn"], endpoint)
    request = urllib.request.Request(endpoint, data=payload.encode(), headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=_POST_TIMEOUT_SECONDS) as response:
        return response.status


def readable(payload: str):
    """The envelope; None for a raw delivery, which is whatever was published."""
    try:
        message = json.loads(payload)
    except ValueError:
        return None
    return message if isinstance(message, dict) and "TopicArn" in message and "Signature" in message else None


def subscription_arn(topic_arn: str, endpoint: str) -> str:
    found = (sub["arn"] for sub in topic_of(topic_arn).get("subscriptions", []) if sub.get("endpoint") == endpoint)
    return next(found, f"{topic_arn}:unknown")


def topic_of(arn: str):
    """Deliveries run outside of the call that caused them: its account is not at hand."""
    region, account = arn.split(":")[3:5]
    with request_scope(account, region):
        return sns._topics.get(arn) or {}


def forget_messages() -> None:
    for queue in sqs._queues._data.values():
        queue["messages"].clear()
