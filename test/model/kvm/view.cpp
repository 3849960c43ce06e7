// See view.hpp.
#include "kvm/view.hpp"

#include "base/pages.hpp"
#include "base/rules.hpp"
#include "firmware/crypto.hpp"
#include "front/listener.hpp"
#include "front/maps.hpp"
#include "kvm/memory.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace model::kvm {

namespace {

// A machine without private memory has far more: there the end alone is looked at.
constexpr std::size_t most_watched = 4096;

bool empty(std::span<std::byte const> page) {
    return std::ranges::all_of(page, [](std::byte b) { return b == std::byte{}; });
}

} // namespace

View::View() {
    char const* const path = std::getenv("TEE_MODEL_VIEW");
    if (path == nullptr) return;
    file_ = std::fopen(path, "abe");
    if (file_ != nullptr) return;
    std::fprintf(stderr, "tee-model: TEE_MODEL_VIEW cannot be written: %s\n", path);
    std::_Exit(125);
}

View& View::own() {
    static auto* const one = new View; // processors may still run while the program ends
    return *one;
}

void View::put(std::span<std::byte const> bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size()) return;
    std::fputs("tee-model: TEE_MODEL_VIEW cannot be written\n", stderr);
    std::_Exit(125);
}

void View::put_changed(std::vector<std::byte>& known, std::span<std::byte const> now) {
    if (std::ranges::equal(known, now)) return;
    known.assign(now.begin(), now.end());
    put(now);
}

void View::may_write(Memory const& memory, std::uint64_t page) {
    if (!wanted()) return;
    std::scoped_lock const lock{mutex_};
    if (shared_.size() < most_watched) shared_[{&memory, page}];
}

void View::at_exit(Vcpu& vcpu) {
    if (!wanted()) return;
    std::scoped_lock const lock{mutex_};
    put_changed(runs_[&vcpu], vcpu.run_bytes());
    if (vcpu.vm().snp() == nullptr) return;
    auto const& memory = vcpu.vm().memory();
    for (auto& [where, known] : shared_)
        if (where.first == &memory)
            if (auto const* const page = memory.shared_page(where.second, false))
                put_changed(known, {page, page_size});
    std::fflush(file_);
}

void View::at_end(Vm& vm) {
    if (!wanted()) return;
    std::scoped_lock const lock{mutex_};
    auto const& memory = vm.memory();
    std::array<std::byte, page_size> seen{};
    for (auto const& slot : memory.slots())
        for (std::uint64_t at = 0; at < slot.size; at += page_size) {
            auto const* const shared = slot.shared ? slot.shared->page(at, false) : nullptr;
            if (shared != nullptr && !empty({shared, page_size})) put({shared, page_size});
            if (!slot.guest || !slot.guest->entry(slot.guest_offset + at).assigned) continue;
            auto const page = slot.guest->page(slot.guest_offset + at);
            if (empty(page)) continue;
            auto const machine_address = slot.guest->base() + slot.guest_offset + at;
            firmware::encrypt_page(vm.snp()->firmware().memory_key(), machine_address, page, seen);
            put(broken(Rule::Ciphertext) ? page : std::span<std::byte const>{seen});
        }
    std::erase_if(shared_, [&](auto const& entry) { return entry.first.first == &memory; });
    for (auto const& vcpu : vm.vcpus()) runs_.erase(vcpu.get());
    std::fflush(file_);
}

void View::process(Vcpu const& vcpu) {
    if (!wanted()) return;
    std::scoped_lock const lock{mutex_};
    std::vector<std::byte> page(page_size);
    for (auto const& region : front::regions_of(vcpu.caller(), 0, ~0ULL))
        for (auto at = region.begin; region.readable && at < region.end; at += page_size)
            if (front::read_memory(vcpu.caller(), at, page) && !empty(page)) put(page);
    std::fflush(file_);
}

} // namespace model::kvm
