"""Explains the refusal of a store in a sentence that says what to do and contains no secret."""

import base64
import json
import re
from urllib.parse import quote, quote_plus, urlsplit

from ldn_kg.errors import LdnKgError
from ldn_kg.publish.stores.endpoint import Credentials, Endpoint, connect

try:
    import httpx as httpx  # protocol.py imports it from here, for the sentence below
except ImportError as error:
    raise LdnKgError(
        "Remote stores need httpx, which is not installed: pip install 'ldn-kg[remote]'."
    ) from error

# What a status means to the person at the terminal, before the store's own words.
_MEANINGS = {
    401: "does not accept the user name, password or token. Give the name with --user, the "
    "password in LDN_KG_PASSWORD, and --auth if the store needs another scheme",
    403: "does not allow this: the store is read-only, or the user lacks the right to do it",
    404: "does not exist. Check the address, and --store for the kind of store",
    405: "does not take this kind of request: the store is read-only, or the address is not that "
    "of its endpoint. Check --store",
    413: "refuses a request of this size. Raise the limit of the store, or of a proxy in front of "
    "it",
}
_ASKED_RIGHTLY = (400, 403, 413)  # it is the right address if it says this

# How a kind of store is known: by the address, of which the group is what its preset wants, and by
# a header of the answer.
_SIGNS = {
    "fuseki": (r"https?://[^/]+/[^/]+", r"^fuseki-request-id:"),
    "oxigraph": (r"https?://[^/]+", r"^server: Oxigraph/"),
    "stardog": (r"https?://[^/]+/[^/]+", r"^sd-error-code:"),
    "virtuoso": (r"https?://[^/]+", r"^server: Virtuoso/"),
    "blazegraph": (r"https?://[^/]+/(bigdata|blazegraph)/(namespace/[^/]+/)?sparql", ""),
    "graphdb": (r"https?://[^/]+:7200/repositories/[^/]+", ""),
    "neptune": (r"https?://[^/]+\.neptune\.amazonaws\.com[^/]*", ""),
    "rdf4j": (r"https?://[^/]+/(.+/)?repositories/[^/]+", ""),
}


def hint(response: httpx.Response, endpoint: Endpoint) -> str:
    """Return the question whether another preset fits, or "" if nothing speaks for one.

    It is derived from the address and the headers of the answer, and is not asked if the other
    preset would lead to the same addresses.
    """
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    for kind, (pattern, sign) in _SIGNS.items():
        address = re.match(pattern, shown(response.url))
        if address and re.search(sign, headers, re.MULTILINE):
            there = connect(address[0], kind)
            same = _addresses(there) == _addresses(endpoint)
            return "" if same else f" Is it {address[0]} with --store {kind}?"
    return ""


def _addresses(endpoint: Endpoint) -> tuple[str | None, ...]:
    return endpoint.query, endpoint.update, endpoint.graph_store


def refusal(response: httpx.Response, endpoint: Endpoint) -> str:
    """Return the sentence for an answer whose status is not a success."""
    address, code = shown(response.url), response.status_code
    if response.has_redirect_location:
        target = _target(response)
        return (
            f"{address} redirects to {target}, which is not followed. If you trust that address, "
            "give it instead."
        )
    meaning = _MEANINGS.get(code, "cannot do this")
    message = "" if code in (401, 404) else _store_message(response, endpoint.credentials)
    asked = "" if code in _ASKED_RIGHTLY else hint(response, endpoint)
    return f"{address} {meaning} ({status(response)}).{asked}{message}"


def _target(response: httpx.Response) -> str:
    try:
        return shown(response.url.join(response.headers["Location"]))
    except (httpx.InvalidURL, ValueError):
        return "what is no address"


def status(response: httpx.Response) -> str:
    """Return the status as it was sent, such as "404 Not Found"."""
    return f"{response.status_code} {response.reason_phrase}".strip()


def shown(url: object) -> str:
    """Return a URL without its query, user name and password."""
    parts = urlsplit(str(url))
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _store_message(response: httpx.Response, credentials: Credentials | None) -> str:
    """Return the first 200 characters of the store's own message, without secrets or markup."""
    if "html" in response.headers.get("Content-Type", ""):
        return ""
    text = response.read()[:2000].decode("utf-8", "replace")
    for secret in _secrets(credentials):
        text = re.sub(r"\s+".join(map(re.escape, secret.split())), "…", text)
    text = " ".join(text.split())
    return f" The store says: {text[:200]}" if text else ""


def _secrets(credentials: Credentials | None) -> list[str]:
    if credentials is None:
        return []
    pair = f"{credentials.user}:{credentials.secret}".encode()
    secrets = [base64.b64encode(pair).decode(), credentials.secret]
    # As it is written in a URL, and in JSON, too.
    secrets += [quote(credentials.secret), quote_plus(credentials.secret)]
    secrets.append(json.dumps(credentials.secret)[1:-1])
    return sorted((s for s in secrets if s.strip()), key=len, reverse=True)
