"""Opens a library in a cluster, and makes an empty one."""

from index import identity, indexing
from index.cluster import catalogue
from index.cluster.address import read_address
from index.cluster.catalogue import Catalogue
from index.cluster.engine import ClusterEngine
from index.cluster.tables import Tables
from index.embedding import Embedder
from index.errors import LibraryDamaged, LibraryMissing, ModelMismatch


def open_cluster(place: str, embedder: Embedder, *, create: bool = False) -> ClusterEngine:
    """The library at this address; with `create` an empty one is made where none stands.

    Raises:
        BadAddress: the address is none.
        ClusterUnavailable: nothing answers there.
        LibraryMissing: no library stands there.
        LibraryDamaged: what it says of itself cannot be read.
        ModelMismatch: it was indexed with another model than `embedder`.
    """
    address = read_address(place)
    missing = LibraryMissing(
        f"There is no library at {address.shown}: make one with `yuanwen index --library "
        f"{address.shown} PATH…`, or name another place."
    )
    if address.file and not create and not address.file.exists():
        raise missing
    tables = Tables(address)
    try:
        if not tables.exist():
            if not create:
                raise missing
            tables.make(embedder.dimension)
        tables.load()
        meta = Catalogue.read(tables, None, "Strong").meta
        if not meta:
            if not create:
                raise missing
            tables.make(embedder.dimension)
            now = catalogue.milliseconds()
            own = identity.of_new(embedder)
            tables.upsert("records", [catalogue.row("meta", k, now, v) for k, v in own.items()])
            meta = Catalogue.read(tables, None, "Strong").meta
        again = f"index your documents again in another place than {address.shown}"
        identity.check(meta, embedder, again)
        if meta.get("terms") != indexing.terms_fingerprint():
            raise ModelMismatch(
                f"The library at {address.shown} reads words in another way than this version of "
                "Yuanwen: index the documents again in another place, as with ?prefix=NAME behind "
                "the address."
            )
        try:
            token_mean = identity.token_mean(meta, embedder.dimension)
        except ValueError as error:
            raise LibraryDamaged(f"{address.shown}: {error}.") from error
        return ClusterEngine(tables, token_mean)
    except BaseException:
        tables.close()
        raise
