#include "host/vmm/measurement.hpp"

#include "attest/measure/snp_launch.hpp"
#include "host/vmm/mapping.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace host::vmm {

namespace launch = protocol::launch;
using attest::measure::SnpLaunch;
using hw::snp::PageType;

namespace {

constexpr std::size_t page = 4096;

crypto::Sha384Digest page_digest(base::View bytes) {
    if (bytes.size() == page) return crypto::sha384(bytes);
    std::array<std::byte, page> padded{};
    std::ranges::copy(bytes, padded.begin());
    return crypto::sha384(padded);
}

// Answers with the address behind the last page.
std::uint64_t add_contents(SnpLaunch& digest, std::uint64_t address, base::View bytes) {
    while (!bytes.empty()) {
        auto const size = std::min(bytes.size(), page);
        digest.add({.gpa = address, .contents = page_digest(bytes.first(size))});
        bytes = bytes.subspan(size);
        address += page;
    }
    return address;
}

} // namespace

protocol::evidence::Measurement measure(Contents const& contents, Plan const& plan) {
    SnpLaunch digest;
    auto next = add_contents(digest, launch::image_address, contents.shim);
    for (; next < contents.shim_end; next += page)
        digest.add({.type = PageType::Zero, .gpa = next});
    digest.add({.type = PageType::Unmeasured, .gpa = launch::boot_address});
    add_contents(digest, launch::strings_address, std::as_bytes(std::span{plan.strings()}));
    add_contents(digest, plan.program_address(), contents.program);
    return digest.digest();
}

os::OrFailure<protocol::evidence::Measurement> measure(Image const& image, Plan const& plan) {
    std::vector<std::byte> shim(image.shim_size());
    auto const map = [&]() -> base::Result<Mapping> {
        TRY(image.read_shim(shim));
        auto memory = TRY(Mapping::create((image.program_size() + page - 1) / page * page));
        TRY(memory.place_file(0, image.program(), image.program_size()));
        return memory;
    };
    auto const program = map();
    if (!program)
        return std::unexpected(
            os::Failure{
                .name = "keep-image",
                .text = "the shim and its program cannot be measured: " +
                        std::string{std::strerror(static_cast<int>(program.error()))}
            }
        );
    return measure(
        {.shim = shim,
         .shim_end = image.header().end,
         .program = program->bytes().first(image.program_size())},
        plan
    );
}

} // namespace host::vmm
