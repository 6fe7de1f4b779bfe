"""A library in a cluster of Milvus: any number of servers in front of it, any number of writers.

Nothing spans several collections there, and nobody can lock; so what is written once never changes.
Each reading of a file has a number of its own, under which its text, passages and vectors are
written first. Then one record, under the name of the place it was read from, says which number
counts; with it the new version appears, whole, and the old one is gone. Records are written
together in one request, and the last one of a place counts. What no record names (a writer
crashed, or lost a race) is found by nobody and swept away after ten minutes, as is what was
replaced: an answer that began before goes on seeing it. Nothing is kept on the servers' disks.
"""

from index.cluster.address import Address, read_address
from index.cluster.opening import open_cluster

__all__ = ["Address", "open_cluster", "read_address"]
