#!/usr/bin/env python3
"""settle_pages.py FILE: has the system read a file anew in large pieces, so that large pages can map it.

What a linker has just written lies in the page cache in small pieces; a Keep that maps exec from there takes a fault for
each page it touches (docs/keep.md). Without effect where the file system has no large folios; never an error.
"""
import mmap, os, sys

try:
    file = os.open(sys.argv[1], os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    view = mmap.mmap(file, os.fstat(file).st_size, mmap.MAP_SHARED, mmap.PROT_READ)
    view.madvise(mmap.MADV_HUGEPAGE)
    for offset in range(0, len(view), mmap.PAGESIZE):
        view[offset]
except (OSError, AttributeError, ValueError) as error:
    print(f"settle_pages: {error}", file=sys.stderr)
