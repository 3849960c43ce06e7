"""CBOR, as far as what Keeps and services write needs it: by docs/attestation.md, not by our code."""
from harness import equal


def decoded(data):
    """An item, and the rest."""
    major, length, data = data[0] >> 5, data[0] & 31, data[1:]
    if major == 7:
        return {20: False, 21: True, 22: None}[length], data
    if length >= 24:
        width = 1 << (length - 24)
        length, data = int.from_bytes(data[:width], "big"), data[width:]
    if major == 0:
        return length, data
    if major in (2, 3):
        content, data = data[:length], data[length:]
        return (content if major == 2 else content.decode()), data
    if major in (4, 5):
        items = []
        for _ in range(length * (major - 3)):
            item, data = decoded(data)
            items.append(item)
        return (items if major == 4 else dict(zip(items[::2], items[1::2]))), data
    equal((major, length), (6, 601), "the tag")  # of evidence
    return decoded(data)
