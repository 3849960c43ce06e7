#pragma once

// SHA-256 of a page, by the block functions of AWS-LC.

#include "protocol/program/tree.hpp"

namespace shim {

class PageDigest {
public:
    // Asks the CPU whether it has instructions for SHA-256.
    static PageDigest create();

    protocol::program::Digest of(protocol::program::Page const& page) const;

private:
    bool instructions_ = false;
};

} // namespace shim
