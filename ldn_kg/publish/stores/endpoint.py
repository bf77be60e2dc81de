"""The endpoints of a triple store: presets, addresses and credentials."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ldn_kg.errors import LdnKgError

SCHEMES = ("basic", "digest", "bearer")
MAX_BYTES = 1 << 28  # of an answer: some ten times the whole dataset in N-Triples


@dataclass(frozen=True)
class Credentials:
    """A scheme of SCHEMES, a user name ("" for bearer) and a password or token.

    Raises LdnKgError for an unknown scheme and for an empty secret.
    """

    scheme: str
    user: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse an unknown scheme and an empty secret."""
        if self.scheme not in SCHEMES:
            raise LdnKgError(
                f"There is no authentication scheme {self.scheme!r}; the schemes are "
                f"{', '.join(SCHEMES)}."
            )
        if not self.secret:
            raise LdnKgError("The password or token is empty; set LDN_KG_PASSWORD or LDN_KG_TOKEN.")
        if self.scheme == "bearer" and not re.fullmatch(r"[!-~]+", self.secret):
            raise LdnKgError(
                "The token in LDN_KG_TOKEN has a blank, or what is no ASCII character."
            )


@dataclass(frozen=True)
class _Preset:
    """The endpoints of a kind of store, as suffixes of the address that the user gives."""

    query: str = ""
    update: str = ""
    graph_store: str | None = None
    replace: str = "insert"
    scheme: str = "basic"
    private: str | None = None  # the query endpoint when credentials are given


# From the documentation of each store; docs/stores.md says which of them we have run.
STORES = {
    "generic": _Preset(),
    "blazegraph": _Preset(),  # one address for both; its Graph Store Protocol is another one
    "corese": _Preset("/sparql", "/sparql"),  # 4.5.0 drops the body of a POST to its graph store
    "fuseki": _Preset("/query", "/update", "/data"),
    "graphdb": _Preset("", "/statements", "/rdf-graphs/service"),
    "neptune": _Preset("/sparql", "/sparql", "/sparql/gsp/"),
    "oxigraph": _Preset("/query", "/update", "/store"),
    "qlever": _Preset("", "", "", replace="put", scheme="bearer"),
    "rdf4j": _Preset("", "/statements", "/rdf-graphs/service"),
    "stardog": _Preset("/query", "/update", ""),
    "virtuoso": _Preset(
        "/sparql",
        "/sparql-auth",
        "/sparql-graph-crud-auth",
        replace="copy",
        scheme="digest",
        private="/sparql-auth",
    ),
}


@dataclass(frozen=True)
class Endpoint:
    """The addresses of a store for the SPARQL 1.1 protocols, as absolute URLs.

    `graph_store` is None if the store has no Graph Store Protocol, `update` if it takes no SPARQL
    Update. `replace` is how a graph is replaced: by "insert" (one update that drops the old triples
    and inserts the new ones), "copy" (COPY of SPARQL Update) or "put" (one PUT, without a staging
    graph). `timeout` is how long an answer may take, in seconds, and `max_bytes` how long it may
    be, unpacked. A request is sent up to `tries` times; `pause` is the wait after the first
    failure, in seconds, and doubles each time.
    """

    query: str
    update: str | None = None
    graph_store: str | None = None
    credentials: Credentials | None = None
    replace: str = "insert"
    timeout: float = 300.0
    tries: int = 5
    pause: float = 0.5
    max_bytes: int = MAX_BYTES

    @property
    def stages(self) -> bool:
        """True if new graphs can be completed in staging graphs before they replace the old."""
        return self.replace != "put" and self.update is not None


def connect(
    address: str,
    store: str = "generic",
    *,
    update: str | None = None,
    graph_store: str | None = None,
    credentials: Credentials | None = None,
    timeout: float = 300.0,
    max_bytes: int = MAX_BYTES,
) -> Endpoint:
    """Return the endpoints of a store by its address and kind, a key of STORES.

    The address is that of the dataset (Fuseki), the repository (RDF4J, GraphDB) or the server
    (other stores); for `generic`, that of the SPARQL endpoint. `update` and `graph_store` replace
    the addresses of the preset. `timeout` is in seconds; a longer answer than `max_bytes` is
    refused. Raises LdnKgError for an unknown kind, and
    for an address that is not a URL or contains a password.
    """
    if store not in STORES:
        raise LdnKgError(f"There is no preset {store!r}; the presets are {', '.join(STORES)}.")
    preset, base = STORES[store], _checked(address).rstrip("/")
    private = preset.private if credentials else None
    query = preset.query if private is None else private
    if graph_store is None and preset.graph_store is not None:
        graph_store = base + preset.graph_store
    return Endpoint(
        base + query if query else address,
        _checked(update) if update else base + preset.update if preset.update else address,
        _checked(graph_store) if graph_store else None,
        credentials,
        preset.replace,
        timeout,
        max_bytes=max_bytes,
    )


def scheme(store: str) -> str:
    """Return the authentication scheme that a kind of store uses by default."""
    return STORES[store].scheme if store in STORES else "basic"


def _checked(address: str) -> str:
    example = "http://localhost:3030/ldn"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        # The address is not repeated, nor is the reason: they may contain a password.
        raise LdnKgError(f"The address is not a URL; give one such as {example}.") from error
    if parts.username is not None or parts.password is not None:
        raise LdnKgError(
            "The address contains a user name or password; give the name with --user, and the "
            "password in the environment variable LDN_KG_PASSWORD or when asked."
        )
    if parts.scheme not in ("http", "https") or not host:
        said = "The address" if "@" in address else repr(address)
        raise LdnKgError(f"{said} is not a URL; give one such as {example}.")
    return address
