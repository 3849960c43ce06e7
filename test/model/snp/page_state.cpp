// Page state changes by the GHCB's list (AMD 56421, 4.1.6): each run of pages is user space's to
// decide.
#include "base/bytes.hpp"
#include "kvm/memory.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/ghcb_events.hpp"
#include "snp/guest.hpp"

#include <array>
#include <cstring>
#include <memory>

namespace model::snp {

namespace {

struct Header {
    std::uint16_t current;
    std::uint16_t last;
    std::uint32_t reserved;
};
constexpr std::size_t most_entries = (buffer_end - buffer_begin - sizeof(Header)) / 8;
constexpr std::uint64_t general_error = 0x100ULL << 32;
constexpr std::uint64_t invalid_header = 1ULL << 32 | 1;
constexpr std::uint64_t invalid_entry = 1ULL << 32 | 2;
constexpr std::uint64_t large_pages = 512;

// The list is the guest's, and it may change it meanwhile: each word is taken once.
class List {
public:
    List(kvm::Vcpu& vcpu, Ghcb const& ghcb, std::byte* at, Header header)
        : vcpu_{vcpu}, ghcb_{ghcb}, at_{at}, header_{header} {}

    /// The next entry to user space; false: the list is done, and answered.
    static bool next(std::shared_ptr<List> const& list) {
        auto& self = *list;
        if (self.header_.current > self.header_.last) return self.ghcb_.succeed(0), false;
        std::uint64_t entry = 0;
        std::memcpy(
            &entry, self.at_ + sizeof(Header) + self.header_.current * sizeof entry, sizeof entry
        );
        auto const operation = entry >> 52 & 0xf;
        auto const pages = (entry >> 56 & 1) != 0 ? large_pages : 1;
        auto const first = entry >> 12 & 0xff'ffff'ffff;
        auto const done = entry & 0xfff;
        if ((operation != 1 && operation != 2) || done > pages || first % pages != 0)
            return self.ghcb_.succeed(invalid_entry), false;
        ask_for_range(self.vcpu_, (first + done) * page_size, pages - done, operation == 1);
        self.vcpu_.then([list, pages, entry] {
            auto& self = *list;
            if (self.vcpu_.run_page().hypercall.ret != 0) return self.ghcb_.succeed(general_error);
            auto const finished = (entry & ~0xfffULL) | pages;
            std::memcpy(
                self.at_ + sizeof(Header) + self.header_.current * sizeof finished,
                &finished,
                sizeof finished
            );
            ++self.header_.current;
            std::memcpy(self.at_, &self.header_.current, sizeof self.header_.current);
            next(list);
        });
        return true;
    }

private:
    kvm::Vcpu& vcpu_;
    Ghcb ghcb_;
    std::byte* at_;
    Header header_;
};

} // namespace

bool change_pages(Guest& guest, kvm::Vcpu& vcpu, Ghcb const& ghcb) {
    auto* const at = ghcb.scratch(sizeof(Header));
    if (at == nullptr) return ghcb.refuse(Malformed::ScratchArea), false;
    if (!guest.vm().tells_hypercalls()) return ghcb.succeed(general_error), false;
    Header header{};
    std::memcpy(&header, at, sizeof header);
    if (header.last >= most_entries ||
        ghcb.scratch(sizeof header + (header.last + std::size_t{1}) * 8) == nullptr)
        return ghcb.succeed(invalid_header), false;
    return List::next(std::make_shared<List>(vcpu, ghcb, at, header));
}

} // namespace model::snp
