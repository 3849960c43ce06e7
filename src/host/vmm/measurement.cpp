#include "host/vmm/measurement.hpp"

#include "crypto/sha384_pages.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace host::vmm {

using attest::measure::contents_measured;
using attest::measure::SnpLaunch;
using attest::measure::SnpPage;

namespace {

constexpr std::size_t read_at_once = 64 << 10;
static_assert(read_at_once % page_size == 0);

// Of a region whose contents are measured. What lies behind them is zero.
base::Result<void>
walk_contents(Region const& region, Supply const& supply, PageListener const& listener) {
    std::array<std::byte, read_at_once> bytes; // NOLINT(*-member-init): each round writes all
    for (std::uint64_t done = 0; done < region.size(); done += bytes.size()) {
        auto const wanted = std::min<std::uint64_t>(bytes.size(), region.size() - done);
        auto const there = region.contents.size > done
                               ? std::min(wanted, region.contents.size - done)
                               : std::uint64_t{0};
        if (there != 0) TRY(supply.read(region.contents, done, std::span{bytes}.first(there)));
        std::ranges::fill(std::span{bytes}.subspan(there, wanted - there), std::byte{0});
        auto at = std::uint64_t{0};
        for (auto const& digest : crypto::sha384_of_pages(std::span{bytes}.first(wanted))) {
            listener(
                {.type = *region.type, .gpa = region.begin + done + at, .contents = digest},
                std::span{bytes}.subspan(at, page_size)
            );
            at += page_size;
        }
    }
    return {};
}

} // namespace

os::OrFailure<void>
walk_pages(std::span<Region const> regions, Supply const& supply, PageListener const& listener) {
    for (auto const& region : regions) {
        if (!region.type) continue;
        if (!contents_measured(*region.type)) {
            for (auto at = region.begin; at < region.end; at += page_size)
                listener({.type = *region.type, .gpa = at}, {});
            continue;
        }
        if (auto const walked = walk_contents(region, supply, listener); !walked)
            return std::unexpected(
                os::Failure{
                    .name = "keep-image",
                    .text = std::string{region.name} + " cannot be measured: " +
                            std::strerror(static_cast<int>(walked.error()))
                }
            );
    }
    return {};
}

os::OrFailure<protocol::evidence::Measurement>
measure(std::span<Region const> regions, Supply const& supply, ProgramPages& program) {
    SnpLaunch digest;
    for (auto const& region : regions) {
        bool const of_program = region.type && region.contents.part == Part::Program;
        if (of_program && program.size() == region.pages()) {
            auto at = region.begin;
            for (auto const& page : program) {
                digest.add({.type = *region.type, .gpa = at, .contents = page});
                at += page_size;
            }
            continue;
        }
        if (of_program) program.clear();
        TRY(walk_pages({&region, 1}, supply, [&](SnpPage const& page, base::View) {
            digest.add(page);
            if (of_program) program.push_back(page.contents);
        }));
    }
    return digest.digest();
}

os::OrFailure<protocol::evidence::Measurement>
measure(std::span<Region const> regions, Supply const& supply) {
    ProgramPages program;
    return measure(regions, supply, program);
}

} // namespace host::vmm
