#include "host/vmm/measurement.hpp"

#include "attest/measure/snp_launch.hpp"
#include "host/vmm/mapping.hpp"

#include <cstring>
#include <vector>

namespace host::vmm {

namespace launch = protocol::launch;
using attest::measure::SnpLaunch;
using hw::snp::PageType;

namespace {

constexpr std::size_t page = crypto::measured_page;

// Answers with the address behind the last page.
std::uint64_t
add_pages(SnpLaunch& digest, std::uint64_t address, std::span<crypto::Sha384Digest const> pages) {
    for (auto const& contents : pages) {
        digest.add({.gpa = address, .contents = contents});
        address += page;
    }
    return address;
}

std::uint64_t add_contents(SnpLaunch& digest, std::uint64_t address, base::View bytes) {
    return add_pages(digest, address, crypto::sha384_of_pages(bytes));
}

std::unexpected<os::Failure> unmeasured(base::Errno why) {
    return std::unexpected(
        os::Failure{
            .name = "keep-image",
            .text = "the shim and its program cannot be measured: " +
                    std::string{std::strerror(static_cast<int>(why))}
        }
    );
}

} // namespace

protocol::evidence::Measurement measure(Contents const& contents, Plan const& plan) {
    SnpLaunch digest;
    auto next = add_contents(digest, launch::image_address, contents.shim);
    for (; next < contents.shim_end; next += page)
        digest.add({.type = PageType::Zero, .gpa = next});
    digest.add({.type = PageType::Unmeasured, .gpa = launch::boot_address});
    add_contents(digest, launch::strings_address, std::as_bytes(std::span{plan.strings()}));
    add_pages(digest, plan.program_address(), contents.program);
    return digest.digest();
}

os::OrFailure<std::vector<crypto::Sha384Digest>> pages_of_program(Image const& image) {
    auto const map = [&]() -> base::Result<Mapping> {
        auto memory = TRY(Mapping::create((image.program_size() + page - 1) / page * page));
        TRY(memory.place_file(0, image.program(), image.program_size()));
        return memory;
    };
    auto const program = map();
    if (!program) return unmeasured(program.error());
    return crypto::sha384_of_pages(program->bytes().first(image.program_size()));
}

os::OrFailure<protocol::evidence::Measurement>
measure(Image const& image, std::span<crypto::Sha384Digest const> program, Plan const& plan) {
    std::vector<std::byte> shim(image.shim_size());
    if (auto const read = image.read_shim(shim); !read) return unmeasured(read.error());
    return measure({.shim = shim, .shim_end = image.header().end, .program = program}, plan);
}

} // namespace host::vmm
