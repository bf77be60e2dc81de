"""What a store's refusal means, as a sentence that says what to do and holds no secret."""

import base64
from urllib.parse import urlsplit

from ldn_kg.errors import LdnKgError
from ldn_kg.publish.stores.endpoint import Credentials

try:
    import httpx as httpx  # said to be here for protocol.py, which needs the sentence below too
except ImportError as error:
    raise LdnKgError(
        "Remote stores need httpx, which is not installed: pip install 'ldn-kg[remote]'."
    ) from error

# What a status means to the person at the terminal; others are told in the store's own words.
_MEANINGS = {
    401: "does not accept the user name, password or token. Give --user, and the password in "
    "LDN_KG_PASSWORD; and --auth where the store wants another scheme",
    403: "does not allow this: the store is read-only, or the user may not do it",
    404: "is not there. Check the address, and --store for the kind of store",
    405: "does not take this kind of request: the store is read-only, or the address is not that "
    "of its endpoint. Check --store",
    413: "refuses a request of this size. Raise the limit of the store, or of a proxy before it",
}


def refusal(response: httpx.Response, credentials: Credentials | None) -> str:
    """Return the sentence for an answer that is not a success."""
    where, code = shown(response.url), response.status_code
    if response.is_redirect:
        to = shown(response.url.join(response.headers["Location"]))
        return f"{where} redirects to {to}, which is not followed; give that address if right."
    meaning = _MEANINGS.get(code, "cannot do this")
    said = "" if code in (401, 404) else _words(response, credentials)
    return f"{where} {meaning} ({status(response)}).{said}"


def status(response: httpx.Response) -> str:
    """Return the status as it is on the wire, such as 404 Not Found."""
    return f"{response.status_code} {response.reason_phrase}".strip()


def shown(url: object) -> str:
    """Return a URL without its query and user information."""
    parts = urlsplit(str(url))
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _words(response: httpx.Response, credentials: Credentials | None) -> str:
    """Return the first words of the store's own message, without secrets or markup."""
    if "html" in response.headers.get("Content-Type", ""):
        return ""
    text = " ".join(response.read()[:2000].decode("utf-8", "replace").split())
    for secret in _secrets(credentials):
        text = text.replace(secret, "…")
    return f" It says: {text[:200]}" if text else ""


def _secrets(credentials: Credentials | None) -> list[str]:
    if credentials is None:
        return []
    pair = f"{credentials.user}:{credentials.secret}".encode()
    return [base64.b64encode(pair).decode(), credentials.secret]
