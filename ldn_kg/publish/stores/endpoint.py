"""Where a triple store keeps its endpoints, and who asks: presets, addresses, credentials."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ldn_kg.errors import LdnKgError

SCHEMES = ("basic", "digest", "bearer")


@dataclass(frozen=True)
class Credentials:
    """Who asks: a scheme of SCHEMES, a user (none for bearer) and a password or token."""

    scheme: str
    user: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a scheme that is not known, and a secret that is empty."""
        if self.scheme not in SCHEMES:
            raise LdnKgError(f"There is no authentication {self.scheme!r}: {', '.join(SCHEMES)}.")
        if not self.secret:
            raise LdnKgError("The password or token is empty.")


@dataclass(frozen=True)
class _Store:
    """Where a kind of store keeps its endpoints, as what follows the address that people give."""

    query: str = ""
    update: str = ""
    graph_store: str | None = None
    replace: str = "insert"
    scheme: str = "basic"
    private: str | None = None  # the query endpoint for who gives credentials


# From the documentation of each store; docs/stores.md says which of them we have run.
STORES = {
    "generic": _Store(),
    "fuseki": _Store("/query", "/update", "/data"),
    "graphdb": _Store("", "/statements", "/rdf-graphs/service"),
    "oxigraph": _Store("/query", "/update", "/store"),
    "qlever": _Store("", "", "", replace="put", scheme="bearer"),
    "rdf4j": _Store("", "/statements", "/rdf-graphs/service"),
    "virtuoso": _Store(
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

    `graph_store` is None where the store has no Graph Store Protocol, `update` where it takes no
    SPARQL Update. `replace` is how a graph takes the place of another: by "insert" (one update that
    drops the old triples and inserts the new), by "copy" (COPY of SPARQL Update) or by "put" (one
    PUT, without a staging graph). `timeout` is how long an answer may take, in seconds; `tries` how
    often a request is sent at most, `pause` how long to wait after the first failure, in seconds:
    it doubles each time.
    """

    query: str
    update: str | None = None
    graph_store: str | None = None
    credentials: Credentials | None = None
    replace: str = "insert"
    timeout: float = 300.0
    tries: int = 5
    pause: float = 0.5

    @property
    def stages(self) -> bool:
        """True where graphs can be made whole first and then take the place of the old ones."""
        return self.replace != "put" and self.update is not None


def connect(
    address: str,
    store: str = "generic",
    *,
    update: str | None = None,
    graph_store: str | None = None,
    credentials: Credentials | None = None,
    timeout: float = 300.0,
) -> Endpoint:
    """Return the endpoints of a store by its address and kind.

    The address is what the store's documentation calls the dataset (Fuseki), the repository
    (RDF4J, GraphDB), or the server (others); for `generic`, the SPARQL endpoint. Raises LdnKgError
    for an unknown kind and for an address that is no URL or holds a password.
    """
    if store not in STORES:
        raise LdnKgError(f"There is no preset {store!r}; the presets are {', '.join(STORES)}.")
    kind, base = STORES[store], _checked(address).rstrip("/")
    asked = kind.private if credentials and kind.private is not None else kind.query
    if graph_store is None and kind.graph_store is not None:
        graph_store = base + kind.graph_store
    return Endpoint(
        base + asked if asked else address,
        _checked(update) if update else base + kind.update if kind.update else address,
        _checked(graph_store) if graph_store else None,
        credentials,
        kind.replace,
        timeout,
    )


def scheme(store: str) -> str:
    """Return the authentication that a kind of store asks for by default."""
    return STORES[store].scheme if store in STORES else "basic"


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise LdnKgError(f"The address is not a URL: {error}.") from error
    if parts.username is not None or parts.password is not None:
        # Not repeated here: it holds a secret, which has been in the history of the shell already.
        raise LdnKgError(
            "The address holds a user name or password; give --user, and the password in the "
            "environment variable LDN_KG_PASSWORD or when asked."
        )
    if parts.scheme not in ("http", "https") or not host:
        raise LdnKgError(f"{address!r} is not a URL such as http://localhost:3030/ldn.")
    return address
