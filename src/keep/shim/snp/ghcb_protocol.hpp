#pragma once

// What a host may answer by the GHCB's MSR and by its page: checks without the instructions.

#include "hw/address.hpp"
#include "hw/snp/ghcb.hpp"

#include <span>

namespace shim::snp {

// AMD 56421, 2.3.1: versions in bits 63:48 (the highest) and 47:32; ours must lie between.
constexpr bool speaks_our_version(std::uint64_t answer) {
    return (answer & hw::snp::msr::code_mask) == hw::snp::msr::information &&
           answer >> 48 >= hw::snp::ghcb_version &&
           (answer >> 32 & 0xffff) <= hw::snp::ghcb_version;
}

// Bit 0 of the features: SEV-SNP. The shim uses nothing else of them.
constexpr bool offers_snp(std::uint64_t answer) {
    return (answer & hw::snp::msr::code_mask) == hw::snp::msr::features && (answer >> 12 & 1) != 0;
}

// That page and no other.
constexpr bool registered(std::uint64_t answer, hw::PhysAddr ghcb) {
    return answer == (ghcb.raw() | hw::snp::msr::registration);
}

constexpr std::uint64_t termination(std::uint64_t set, std::uint64_t code) {
    return (code & 0xff) << 16 | (set & 0xf) << 12 | hw::snp::msr::terminate;
}

// What the processor itself says of the guest: bits 0 to 2 are SEV, SEV-ES, SEV-SNP, the others
// SEV_FEATURES from bit 1 on. What it must be, and what it may be besides: debug registers are
// swapped, and the counter's frequency is the processor's word. Any other would change what a host
// can do, or when #VC comes.
constexpr bool known_status(std::uint64_t status) {
    constexpr std::uint64_t needed = 7;
    constexpr std::uint64_t allowed = needed | 1U << 7 | 1U << 11;
    return (status & needed) == needed && (status & ~allowed) == 0;
}

// One event by the page of a vCPU, which only that vCPU uses and never while it is in use. `page`
// is shared: every word is written or read once, whole.
class Ghcb {
public:
    explicit Ghcb(hw::snp::GhcbPage volatile* page) : page_{page} {}

    // For VMGEXIT.
    void ask(hw::snp::GhcbEvent event, std::uint64_t info1, std::uint64_t info2) {
        write(page_->exit_code, static_cast<std::uint64_t>(event));
        write(page_->exit_info1, info1);
        write(page_->exit_info2, info2);
        page_->version = hw::snp::ghcb_version;
        page_->usage = 0;
        mark({&offsets[1], 3});
    }
    void ask_with_rax(
        hw::snp::GhcbEvent event, std::uint64_t info1, std::uint64_t info2, std::uint64_t rax
    ) {
        ask(event, info1, info2);
        write(page_->rax, rax);
        mark(offsets);
    }

    // Afterwards: whether the host says that it has done it, and exit_info2. The page then names no
    // field as set, so VMGEXIT in ring 3, which nothing forbids, asks for nothing.
    struct Answer {
        bool done;
        std::uint64_t info2;
    };
    Answer take_answer() {
        auto const info1 = page_->exit_info1;
        auto const info2 = page_->exit_info2;
        bool const told = is_marked(offsetof(hw::snp::GhcbPage, exit_info1)) &&
                          is_marked(offsetof(hw::snp::GhcbPage, exit_info2));
        page_->valid[0] = 0;
        page_->valid[1] = 0;
        // Bits 31:0 are 0 for success alone; the others mean nothing then.
        return {.done = told && static_cast<std::uint32_t>(info1) == 0, .info2 = info2};
    }

private:
    static constexpr std::array<std::size_t, 4> offsets{
        offsetof(hw::snp::GhcbPage, rax),
        offsetof(hw::snp::GhcbPage, exit_code),
        offsetof(hw::snp::GhcbPage, exit_info1),
        offsetof(hw::snp::GhcbPage, exit_info2),
    };

    static void write(std::uint64_t volatile& field, std::uint64_t value) { field = value; }
    void mark(std::span<std::size_t const> fields) {
        std::array<std::uint64_t, 2> words{};
        for (auto const offset : fields)
            words[hw::snp::valid_bit(offset).word] |= hw::snp::valid_bit(offset).bit;
        page_->valid[0] = words[0];
        page_->valid[1] = words[1];
    }
    bool is_marked(std::size_t offset) const {
        auto const at = hw::snp::valid_bit(offset);
        return (page_->valid[at.word] & at.bit) != 0;
    }

    hw::snp::GhcbPage volatile* page_;
};

} // namespace shim::snp
