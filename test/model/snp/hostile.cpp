// See hostile.hpp.
#include "snp/hostile.hpp"

#include "base/log.hpp"
#include "firmware/crypto.hpp"
#include "kvm/memory.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ranges>
#include <utility>

namespace model::snp {

namespace {

struct Word {
    std::string_view name;
    std::size_t least;
    std::size_t most; // numbers behind it
};
constexpr std::array words = {
    Word{"inject", 1, 2},
    Word{"unvalidate", 1, 1},
    Word{"show", 1, 1},
    Word{"save", 1, 1},
    Word{"replay", 1, 1},
    Word{"swap", 2, 2},
    Word{"answer", 2, 2},
    Word{"msr", 1, 1},
    Word{"shared", 2, 2}
};

std::uint64_t told(std::string const& what, std::uint64_t number, std::uint64_t when) {
    std::fprintf(
        stderr,
        "tee-model: host: %s %#llx at %llu\n",
        what.c_str(),
        static_cast<unsigned long long>(number),
        static_cast<unsigned long long>(when)
    );
    return number;
}

void show(Guest& guest, std::uint64_t address, std::span<std::byte const> page) {
    auto const* const slot = guest.vm().memory().find(address);
    auto const machine_address = slot->guest->base() + slot->guest_offset + (address - slot->at);
    std::array<std::byte, page_size> seen{};
    firmware::encrypt_page(guest.firmware().memory_key(), machine_address, page, seen);
    for (auto const byte : std::span{seen}.first(16))
        std::fprintf(stderr, "%02x", std::to_integer<unsigned>(byte));
    std::fputs(" is what the host sees there\n", stderr);
}

std::optional<std::uint64_t> number(std::string_view text) {
    bool const hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    std::uint64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [at, error] = std::from_chars(text.data(), end, value, hexadecimal ? 16 : 10);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

} // namespace

std::optional<Hostile::Deed> Hostile::deed(std::string_view text) {
    Deed result;
    auto const at = text.find('@');
    if (at == std::string_view::npos) return std::nullopt;
    if (auto const when = text.substr(at + 1); when != "*") {
        auto const entry = number(when);
        if (!entry || *entry == 0) return std::nullopt;
        result.when = *entry;
    }
    for (auto const part : std::views::split(text.substr(0, at), ':')) {
        std::string_view const one{part.begin(), part.end()};
        if (result.what.empty()) {
            result.what = one;
            continue;
        }
        auto const value = number(one);
        if (!value) return std::nullopt;
        result.numbers.push_back(*value);
    }
    auto const known = std::ranges::find(words, result.what, &Word::name);
    bool const right = known != words.end() && result.numbers.size() >= known->least &&
                       result.numbers.size() <= known->most;
    return right ? std::optional{result} : std::nullopt;
}

std::optional<Hostile> Hostile::parse(std::string_view text) {
    Hostile result;
    for (auto const part : std::views::split(text, ',')) {
        auto one = deed({part.begin(), part.end()});
        if (!one) return std::nullopt;
        result.deeds_.push_back(*std::move(one));
    }
    return result;
}

Hostile& Hostile::own() {
    static Hostile one = [] {
        char const* const text = std::getenv("TEE_MODEL_HOSTILE");
        if (text == nullptr) return Hostile{};
        auto parsed = parse(text);
        if (!parsed) {
            std::fprintf(stderr, "tee-model: TEE_MODEL_HOSTILE is not understood: %s\n", text);
            std::_Exit(125);
        }
        return *std::move(parsed);
    }();
    return one;
}

void Hostile::at_entry(Guest& guest, kvm::Vcpu& vcpu) {
    if (deeds_.empty() || !guest.firmware().running()) return;
    ++entries_;
    for (auto const& one : deeds_)
        if (one.what != "answer" && one.what != "msr" && one.due(entries_))
            carry_out(one, guest, vcpu);
}

void Hostile::carry_out(Deed const& deed, Guest& guest, kvm::Vcpu& vcpu) {
    auto const first = deed.numbers[0];
    told(deed.what, first, entries_);
    if (deed.what == "inject") {
        using Type = engine::Injection::Type;
        auto const vector = static_cast<std::uint8_t>(first);
        auto const type = vector == 2 ? Type::Nmi : vector < 32 ? Type::Exception : Type::Interrupt;
        std::optional<std::uint32_t> code;
        if (deed.numbers.size() > 1) code = static_cast<std::uint32_t>(deed.numbers[1]);
        vcpu.cpu().inject({.type = type, .vector = vector, .error_code = code});
        return;
    }
    if (deed.what == "shared") {
        guest.vm().memory().write(first, std::as_bytes(std::span{&deed.numbers[1], 1}));
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
    if (deed.what == "swap")
        if (auto* const other = guest.entry(deed.numbers[1]); other != nullptr)
            std::swap(entry->guest_physical, other->guest_physical);
    guest.vm().flush();
    engine::Cpu::forget_code();
}

std::uint64_t Hostile::answer(std::uint16_t field, std::uint64_t honest) const {
    for (auto const& one : deeds_)
        if (one.what == "answer" && one.numbers[0] == field && one.due(events_))
            return told(one.what, one.numbers[1], events_);
    return honest;
}

std::uint64_t Hostile::msr(std::uint64_t honest) {
    ++msr_events_;
    for (auto const& one : deeds_)
        if (one.what == "msr" && one.due(msr_events_))
            return told(one.what, one.numbers[0], msr_events_);
    return honest;
}

} // namespace model::snp
