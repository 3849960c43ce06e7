// See hostile.hpp: which deeds there are, and when each is due.
#include "snp/hostile.hpp"

#include "base/bytes.hpp"
#include "base/numbers.hpp"
#include "base/pages.hpp"
#include "kvm/vcpu.hpp"
#include "snp/guest.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <ranges>
#include <utility>

#include <unistd.h>

namespace model::snp {

namespace {

struct Word {
    std::string_view name;
    std::size_t least = 0;
    std::size_t most = 0; // numbers behind it
    bool at_launch = false;
};
constexpr std::array words = {
    Word{.name = "inject", .least = 1, .most = 2},
    Word{.name = "unvalidate", .least = 1, .most = 1},
    Word{.name = "save", .least = 1, .most = 1},
    Word{.name = "replay", .least = 1, .most = 1},
    Word{.name = "swap", .least = 2, .most = 2},
    Word{.name = "remap", .least = 2, .most = 2},
    Word{.name = "share", .least = 1, .most = 1},
    Word{.name = "shared", .least = 2, .most = 2},
    Word{.name = "run", .least = 1, .most = 2},
    Word{.name = "hold", .least = 1, .most = 1},
    Word{.name = "counter", .least = 1, .most = 1},
    Word{.name = "show", .least = 1, .most = 1},
    Word{.name = "process"},
    Word{.name = "answer", .least = 2, .most = 2},
    Word{.name = "poke", .least = 2, .most = 2},
    Word{.name = "silent"},
    Word{.name = "msr", .least = 1, .most = 1},
    Word{.name = "deaf"},
    Word{.name = "exits"},
    Word{.name = "read", .least = 2, .most = 2},
    Word{.name = "message-replay"},
    Word{.name = "message-cut"},
    Word{.name = "message-number"},
    Word{.name = "message-flip"},
    Word{.name = "message-foreign"},
    Word{.name = "message-lose"},
    Word{.name = "message-swallow"},
    Word{.name = "message-error", .least = 1, .most = 1},
    Word{.name = "message-poke", .least = 2, .most = 2},
    Word{.name = "pvalidate", .least = 2, .most = 2},
    Word{.name = "hide", .least = 4, .most = 4, .at_launch = true},
    Word{.name = "invent", .least = 4, .most = 4, .at_launch = true},
    Word{.name = "invent-once", .least = 4, .most = 4, .at_launch = true},
    Word{.name = "type", .least = 2, .most = 2, .at_launch = true},
    Word{.name = "features", .least = 1, .most = 1, .at_launch = true}
};
bool at_entries(std::string_view what) {
    static constexpr std::array<std::string_view, 11> all = {
        "inject",
        "unvalidate",
        "save",
        "replay",
        "swap",
        "remap",
        "share",
        "shared",
        "run",
        "show",
        "process"
    };
    return std::ranges::find(all, what) != all.end();
}

void told(std::string const& what, std::uint64_t number, std::uint64_t at) {
    std::fprintf(
        stderr,
        "tee-model: host: %s %#llx at %llu\n",
        what.c_str(),
        static_cast<unsigned long long>(number),
        static_cast<unsigned long long>(at)
    );
}

} // namespace

void Hostile::Count::next(std::uint32_t cpu) {
    ++all;
    ++each[cpu];
}

bool Hostile::Deed::due(Count const& count, std::uint32_t of) const {
    if (cpu && *cpu != of) return false;
    auto const found = count.each.find(of);
    auto const here = !cpu ? count.all : found == count.each.end() ? 0 : found->second;
    return here >= first && here <= last;
}

bool Hostile::when(Deed& deed, std::string_view text) {
    if (auto const slash = text.find('/'); slash != std::string_view::npos) {
        auto const cpu = number_of(text.substr(slash + 1));
        if (!cpu) return false;
        deed.cpu = static_cast<std::uint32_t>(*cpu);
        text = text.substr(0, slash);
    }
    if (text == "*") return true;
    if (text == "now") return deed.now = true;
    auto const dash = text.find('-');
    auto const first = number_of(text.substr(0, dash));
    auto const last = dash == std::string_view::npos ? first : number_of(text.substr(dash + 1));
    if (!first || !last || *first == 0) return false;
    deed.first = *first;
    deed.last = *last;
    return true;
}

std::optional<Hostile::Deed> Hostile::deed(std::string_view text) {
    Deed result;
    auto const at = text.find('@');
    for (auto const part : std::views::split(text.substr(0, at), ':')) {
        std::string_view const one{part.begin(), part.end()};
        if (result.what.empty()) {
            result.what = one;
            continue;
        }
        auto const value = number_of(one);
        if (!value) return std::nullopt;
        result.numbers.push_back(*value);
    }
    auto const known = std::ranges::find(words, result.what, &Word::name);
    if (known == words.end() || result.numbers.size() < known->least ||
        result.numbers.size() > known->most || known->at_launch != (at == std::string_view::npos))
        return std::nullopt;
    if (!known->at_launch && !when(result, text.substr(at + 1))) return std::nullopt;
    return result;
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

Hostile::Count const& Hostile::counted_by(Deed const& deed) {
    if (deed.what.starts_with("message-")) return messages_;
    if (deed.what == "msr") return msr_events_;
    if (deed.what == "pvalidate") return validations_;
    if (deed.what == "read") return loads_[deed.numbers[0]];
    return at_entries(deed.what) ? entries_ : events_;
}

void Hostile::take_control_file() {
    static char const* const path = std::getenv("TEE_MODEL_CONTROL");
    if (path == nullptr || ::access(path, R_OK) != 0) return;
    std::ifstream file{path};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    ::unlink(path);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    auto more = parse(text);
    if (!more) {
        std::fprintf(stderr, "tee-model: TEE_MODEL_CONTROL is not understood: %s\n", text.c_str());
        std::_Exit(125);
    }
    for (auto& one : more->deeds_) {
        auto const& count = counted_by(one);
        // An entry has been counted already when this is read.
        bool const counted = &count == &entries_;
        if (one.now) one.first = one.last = count.all + (counted ? 0 : 1);
        deeds_.push_back(std::move(one));
    }
}

Hostile::Deed const*
Hostile::due(std::string_view what, Count const& count, std::uint32_t cpu) const {
    auto const found = std::ranges::find_if(deeds_, [&](Deed const& one) {
        return one.what == what && one.due(count, cpu);
    });
    return found == deeds_.end() ? nullptr : &*found;
}

void Hostile::at_entry(Guest& guest, kvm::Vcpu& vcpu) {
    if (!guest.firmware().running()) return;
    entries_.next(vcpu.id());
    take_control_file();
    for (auto const& one : deeds_)
        if (at_entries(one.what) && one.due(entries_, vcpu.id())) {
            told(one.what, one.numbers.empty() ? 0 : one.numbers[0], entries_.all);
            carry_out(one, guest, vcpu);
        }
}

bool Hostile::holds(kvm::Vcpu const& vcpu) const {
    return std::ranges::any_of(deeds_, [&](Deed const& one) {
        return one.what == "hold" && one.numbers[0] == vcpu.id() && entries_.all + 1 >= one.first &&
               entries_.all < one.last;
    });
}

std::uint64_t Hostile::counter(kvm::Vcpu const& vcpu, std::uint64_t honest) const {
    static std::uint64_t const first = honest;
    auto const* const turned = due("counter", entries_, vcpu.id());
    if (turned == nullptr) return honest;
    return first + (honest - first) / 100 * turned->numbers[0];
}

bool Hostile::deaf() const {
    return std::ranges::find(deeds_, "deaf", &Deed::what) != deeds_.end();
}

void Hostile::answered_by_kernel() const {
    if (deeds_.empty()) return;
    if (std::ranges::find(deeds_, "exits", &Deed::what) != deeds_.end()) engine::Cpu::stop();
}

void Hostile::next_event(kvm::Vcpu const& vcpu) {
    asking_ = vcpu.id();
    events_.next(asking_);
}

std::optional<std::uint64_t> Hostile::answer(std::uint16_t field, std::uint64_t honest) const {
    if (deeds_.empty()) return honest;
    if (due("silent", events_, asking_) != nullptr) return std::nullopt;
    for (auto const& one : deeds_)
        if (one.what == "answer" && one.numbers[0] == field && one.due(events_, asking_)) {
            told(one.what, one.numbers[1], events_.all);
            return one.numbers[1];
        }
    return honest;
}

void Hostile::answered(std::span<std::byte> page) const {
    if (due("silent", events_, asking_) != nullptr) told("silent", 0, events_.all);
    for (auto const& one : deeds_)
        if (one.what == "poke" && one.numbers[0] <= page.size() - 8 && one.due(events_, asking_)) {
            told(one.what, one.numbers[0], events_.all);
            store(page, one.numbers[0], one.numbers[1]);
        }
}

std::uint64_t Hostile::msr(kvm::Vcpu const& vcpu, std::uint64_t honest) {
    msr_events_.next(vcpu.id());
    auto const* const one = due("msr", msr_events_, vcpu.id());
    if (one == nullptr) return honest;
    told(one->what, one->numbers[0], msr_events_.all);
    return one->numbers[0];
}

std::optional<Hostile::Said> Hostile::validates(kvm::Vcpu const& vcpu) {
    validations_.next(vcpu.id());
    auto const* const one = due("pvalidate", validations_, vcpu.id());
    if (one == nullptr) return std::nullopt;
    told(one->what, one->numbers[0], validations_.all);
    return Said{.status = one->numbers[0], .carry = one->numbers[1] != 0};
}

bool Hostile::watches(std::uint64_t page) const {
    return std::ranges::any_of(deeds_, [=](Deed const& one) {
        return one.what == "read" &&
               (page_of(one.numbers[0]) == page || page_of(one.numbers[0] + 7) == page);
    });
}

void Hostile::loaded(kvm::Vcpu const& vcpu, std::uint64_t address, std::span<std::byte> found) {
    for (auto const& one : deeds_) {
        if (one.what != "read") continue;
        auto const word = one.numbers[0];
        if (word + 8 <= address || address + found.size() <= word) continue;
        auto const value = bytes_of(one.numbers[1]);
        std::uint64_t changed = 0;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (word + i < address || word + i >= address + found.size()) continue;
            auto& count = loads_[word + i];
            count.next(vcpu.id());
            if (!one.due(count, vcpu.id())) continue;
            found[word + i - address] = value[i];
            changed = count.all;
        }
        if (changed != 0) told(one.what, word, changed);
    }
}

} // namespace model::snp
