#pragma once

// Finds the way from a certificate to a root by names and, where names do not tell, by signatures.

#include "attest/request.hpp"

#include <string>

namespace attest {

using Link = Sourced<crypto::Certificate>;

// Leaf first, root last; what stands in it belongs to the Request, or to the evidence.
using Path = std::vector<Link const*>;

// Up to a self-issued certificate, or as far as the issuers are known. Nothing is verified by this.
// `roots`: where it should end; any other root is taken last of all.
// `pool`: certificates inside the evidence, which come before the endorsements.
Path build_path(
    Link const& leaf,
    Request const& request,
    std::span<Link const> roots,
    std::span<Link const> pool
);

// The commonName for messages.
std::string shown_name(base::View name);

} // namespace attest
