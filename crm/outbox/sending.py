"""Send one signed message to an address that was checked: no private network, no redirect, no rebinding."""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from standardwebhooks.webhooks import Webhook

from crm.base.errors import Invalid

SECONDS = 5
# What a bell rings for goes out too, for those who turn it into text messages or a message of the house.
NOTIFICATION = "notification.created"
# The last two are for the gateway of the operator: one-time codes, e-cards, answers to texts.
KINDS = ("client.tier_changed", NOTIFICATION, "sms.send", "mms.send")


def secret_of(salt: uuid.UUID) -> str:
    """Return the secret a recipient verifies signatures with, as Standard Webhooks write it."""
    key = hmac.new(settings.SECRET_KEY.encode(), b"outbox:" + salt.bytes, hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(key).decode()


def _public(ip: str) -> bool:
    address = ipaddress.ip_address(ip)
    return address.is_global and not address.is_multicast


def checked_address(url: str) -> tuple[str, str, int]:
    """Return scheme, IP address and port of a recipient.

    Raises: Invalid URL_REFUSED for other schemes, credentials, unknown names and addresses inside the house
    that the installation does not allow (WEBHOOK_ALLOWED_HOSTS).
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    allowed = host in settings.WEBHOOK_ALLOWED_HOSTS
    sentence = _("This address may not be called. Use https and a public name, or have the host allowed.")
    refused = Invalid("URL_REFUSED", sentence, fields={"url": [sentence]})
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if parts.scheme != "https" and not (allowed and parts.scheme == "http"):
            raise refused
        if not host or parts.username or parts.password:
            raise refused
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (ValueError, OSError):
        raise refused from None
    if not found or not (allowed or all(_public(ip) for ip in found)):
        raise refused
    return parts.scheme, min(found), port


def post(*, url: str, salt: uuid.UUID, event_id: uuid.UUID, body: dict[str, Any], now: datetime) -> int:
    """Send a message and return the status; the connection goes to the very address that was checked.

    Raises: Invalid URL_REFUSED; OSError and http.client.HTTPException when nobody answers.
    """
    scheme, ip, port = checked_address(url)
    parts = urlsplit(url)
    host = parts.hostname or ""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "webhook-id": str(event_id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret_of(salt)).sign(str(event_id), now.astimezone(UTC), data),
    }
    connection = http.client.HTTPConnection(ip, port, timeout=SECONDS)
    try:
        connection.connect()
        if scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        connection.request("POST", path, body=data.encode(), headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
