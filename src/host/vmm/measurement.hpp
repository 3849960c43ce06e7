#pragma once

// What a Keep will run, as one digest: the launch digest that SEV-SNP would compute of the plan
// (firmware ABI 1.58, 8.17.2). A Keep without hardware has nobody who vouches for it.
//
// Pages of 4 KiB, padded with zeros, in this order:
//
//     shim's image     from image_address    normal: type, address and contents are measured
//     shim's memory    behind it, to its end zero: type and address are measured
//     boot block       boot_address          unmeasured: only type and address are; the host's word
//     strings          from strings_address  normal: arguments and environment of the program
//     the program      from its address      normal
//
// Nothing else is: memory that is empty, what the host hands in and the shim or exec judge for
// themselves. So it is the same for every application, size of memory and kind of descriptor; what
// an application is, and how it was started, are digests of their own.

#include "base/view.hpp"
#include "crypto/sha384_pages.hpp"
#include "host/vmm/image.hpp"
#include "host/vmm/plan.hpp"
#include "protocol/evidence/evidence.hpp"

namespace host::vmm {

// What a plan puts in its places.
struct Contents {
    base::View shim;
    std::uint64_t shim_end;                        // first byte after its memory
    std::span<crypto::Sha384Digest const> program; // of each page of it
};

protocol::evidence::Measurement measure(Contents const& contents, Plan const& plan);

// Reads the whole program: 10 ms for exec with vectors of 512 bits, else 35.
os::OrFailure<std::vector<crypto::Sha384Digest>> pages_of_program(Image const& image);

// `program`: the pages of the image's own, which images of several shims share.
os::OrFailure<protocol::evidence::Measurement>
measure(Image const& image, std::span<crypto::Sha384Digest const> program, Plan const& plan);

} // namespace host::vmm
