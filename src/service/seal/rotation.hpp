#pragma once

// Another key over all secrets. The new one lies beside the old as `kek.next` until every secret is
// sealed by it, in one transaction; then it takes its name. Stopped at any moment, the database
// says which of the two it is.

#include "service/seal/sealer.hpp"

namespace service {

// Whether there is a key over the secrets of this folder: asked before its store is opened, which
// would be made where there is none. Failure kek-unusable.
os::OrFailure<void> need_kek(std::string const& folder);

// The key in `folder` that the store's values are under, whatever a change that was stopped has
// left there. Failure kek-unusable.
os::OrFailure<Kek> settled_kek(std::string const& folder, Store& store);

// The value: how many secrets there were. Where it fails the former key is the one that counts.
// Failures: kek-unusable, secret-unreadable, store-unavailable.
os::OrFailure<std::uint64_t> rotate_kek(std::string const& folder, Store& store, base::View entry);

} // namespace service
