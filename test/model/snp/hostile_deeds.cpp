// See hostile.hpp: what is done to memory, to a processor, to a message, to a launch.
#include "base/bytes.hpp"
#include "firmware/crypto.hpp"
#include "kvm/memory.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/view.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

namespace model::snp {

namespace {

void show(Guest& guest, std::uint64_t address, std::span<std::byte const> page) {
    auto const* const slot = guest.vm().memory().find(address);
    auto const machine_address = slot->guest->base() + slot->guest_offset + (address - slot->at);
    std::array<std::byte, page_size> seen{};
    firmware::encrypt_page(guest.firmware().memory_key(), machine_address, page, seen);
    for (auto const byte : std::span{seen}.first(16))
        std::fprintf(stderr, "%02x", std::to_integer<unsigned>(byte));
    std::fputs(" is what the host sees there\n", stderr);
}

void inject(kvm::Vcpu& vcpu, std::span<std::uint64_t const> numbers) {
    using Type = engine::Injection::Type;
    auto const vector = static_cast<std::uint8_t>(numbers[0]);
    auto const type = vector == 2 ? Type::Nmi : vector < 32 ? Type::Exception : Type::Interrupt;
    std::optional<std::uint32_t> code;
    if (numbers.size() > 1) code = static_cast<std::uint32_t>(numbers[1]);
    vcpu.cpu().inject({.type = type, .vector = vector, .error_code = code});
}

} // namespace

void Hostile::carry_out(Deed const& deed, Guest& guest, kvm::Vcpu& vcpu) {
    if (deed.what == "inject") return inject(vcpu, deed.numbers);
    if (deed.what == "process") return kvm::View::own().process(vcpu);
    if (deed.what == "shared") {
        guest.vm().memory().write(deed.numbers[0], std::as_bytes(std::span{&deed.numbers[1], 1}));
        return;
    }
    if (deed.what == "run") {
        constexpr std::uint64_t usual_ms = 20;
        auto* const other = guest.vm().vcpu_of(static_cast<std::uint32_t>(deed.numbers[0]));
        if (other != nullptr && other != &vcpu)
            other->run_for_host(
                std::chrono::milliseconds{deed.numbers.size() > 1 ? deed.numbers[1] : usual_ms}
            );
        return;
    }
    change_memory(deed, guest);
    guest.vm().flush();
    engine::Cpu::forget_code();
}

void Hostile::change_memory(Deed const& deed, Guest& guest) {
    auto const first = page_of(deed.numbers[0]);
    if (deed.what == "share") {
        guest.vm().memory().set_private(first, first + page_size, false);
        return;
    }
    auto const page = guest.private_page(first);
    auto* const entry = guest.entry(first);
    if (page.empty() || entry == nullptr) return;
    if (deed.what == "show") show(guest, first, page);
    if (deed.what == "save") saved_[first].assign(page.begin(), page.end());
    if (deed.what == "unvalidate") {
        firmware::fill_random(page); // the ciphertext of nobody
        entry->validated = false;
    }
    if (deed.what == "replay" && saved_.contains(first)) {
        std::ranges::copy(saved_[first], page.begin());
        entry->validated = false;
    }
    if (deed.what == "remap") entry->guest_physical = page_of(deed.numbers[1]);
    if (deed.what == "swap")
        if (auto* const other = guest.entry(deed.numbers[1]); other != nullptr)
            std::swap(entry->guest_physical, other->guest_physical);
}

// False: the guest finds nothing where it looks for the answer.
bool Hostile::spoil(
    std::string_view how, Deed const& deed, std::span<std::byte> answer, std::uint64_t& result
) {
    constexpr std::uint64_t busy = 2ULL << 32;
    constexpr std::size_t number_at = 0x20;
    constexpr std::size_t size_at = 0x36;
    constexpr std::size_t text_at = 0x60;
    if (how == "replay") {
        std::ranges::fill(answer, std::byte{});
        std::ranges::copy(last_answer_, answer.begin());
    } else if (how == "cut") {
        store(
            answer, size_at, static_cast<std::uint16_t>(load<std::uint16_t>(answer, size_at) / 2)
        );
    } else if (how == "number") {
        store(answer, number_at, load<std::uint64_t>(answer, number_at) + 2);
    } else if (how == "flip") {
        answer[text_at] ^= std::byte{1};
    } else if (how == "foreign") { // under another guest's key: nothing that this one can open
        firmware::fill_random(answer.first(firmware::tag_size));
        firmware::fill_random(answer.subspan(text_at, load<std::uint16_t>(answer, size_at)));
    } else if (how == "poke" && deed.numbers[0] <= answer.size() - 8) {
        store(answer, deed.numbers[0], deed.numbers[1]);
    } else if (how == "error") {
        result = deed.numbers[0];
    } else {
        if (how == "swallow") result = busy;
        return false;
    }
    return true;
}

bool Hostile::message(std::span<std::byte> answer, std::uint64_t& result) {
    constexpr std::string_view prefix = "message-";
    messages_.next(0);
    std::vector<std::byte> const honest{answer.begin(), answer.end()};
    bool delivered = true;
    for (auto const& one : deeds_)
        if (one.what.starts_with(prefix) && one.due(messages_, 0)) {
            std::fprintf(
                stderr,
                "tee-model: host: %s at %llu\n",
                one.what.c_str(),
                static_cast<unsigned long long>(messages_.all)
            );
            delivered = spoil(one.what.substr(prefix.size()), one, answer, result) && delivered;
        }
    last_answer_ = honest;
    return delivered;
}

void Hostile::cpuid_page(std::span<std::byte> page) {
    constexpr std::size_t first = 16;
    constexpr std::size_t size = 48;
    constexpr std::size_t registers = 24;
    auto const count = std::min<std::size_t>(load<std::uint32_t>(page), (page_size - first) / size);
    for (auto const& one : deeds_) {
        bool const hides = one.what == "hide";
        bool const once = one.what == "invent-once" && !gave_cpuid_page_;
        for (std::size_t i = 0; (hides || once || one.what == "invent") && i < count; ++i) {
            auto const at = first + i * size;
            if (load<std::uint32_t>(page, at) != one.numbers[0] ||
                load<std::uint32_t>(page, at + 4) != one.numbers[1])
                continue;
            auto const place = at + registers + 4 * (one.numbers[2] & 3);
            auto const bits = static_cast<std::uint32_t>(one.numbers[3]);
            auto const honest = load<std::uint32_t>(page, place);
            store(page, place, hides ? honest & ~bits : honest | bits);
        }
    }
    gave_cpuid_page_ = true;
}

std::uint8_t Hostile::page_type(std::uint64_t address, std::uint8_t honest) const {
    for (auto const& one : deeds_)
        if (one.what == "type" && page_of(one.numbers[0]) == address)
            return static_cast<std::uint8_t>(one.numbers[1]);
    return honest;
}

std::uint64_t Hostile::features(std::uint64_t honest) const {
    for (auto const& one : deeds_)
        if (one.what == "features") return honest | one.numbers[0];
    return honest;
}

} // namespace model::snp
