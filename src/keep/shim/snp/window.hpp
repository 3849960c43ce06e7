#pragma once

// Entries of the window's page tables in an SEV-SNP guest, 2 MiB each: the Keep's own or the
// host's, and never the other afterwards.

#include "keep/shim/memory/page_table.hpp"
#include "keep/shim/platform/machine.hpp"

namespace shim::snp {

// `own`: the bit that says that a page is the Keep's.
constexpr Entry window_entry(std::uint64_t at, Whose whose, std::uint64_t own) {
    return Entry{{at | (whose == Whose::Keeps ? own : 0)}}
        .with<Entry::Present>(true)
        .with<Entry::Writable>(true)
        .with<Entry::Accessed>(true)
        .with<Entry::Dirty>(true)
        .with<Entry::Large>(true)
        .with<Entry::NoExecute>(true);
}

// What is there stays as it is: so no page changes sides while the Keep runs, and no vCPU has a
// translation to forget or a page to validate because of it.
constexpr void show_in_window(Entry& entry, std::uint64_t at, Whose whose, std::uint64_t own) {
    if (entry.empty()) entry = window_entry(at, whose, own);
}

} // namespace shim::snp
