// A program and a host that both do what the input says: system calls with odd arguments, answers
// and blocks full of lies, exceptions at any address. Expected: an ordinary errno or the Keep's
// end; ASan and UBSan see the rest, and the invariants below hold.

#include "keep/shim/platform/fake/audit.hpp"
#include "keep/shim/platform/fake/fuzz_input.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace shim;
using fake::Input;

// Numbers that programs use, near borders, or from the input.
std::uint64_t argument(Input& input, std::uint64_t room) {
    auto const kind = input.take(1);
    switch (kind % 8) {
    case 0:
        return input.take(1);
    case 1:
        return room + input.take(2);
    case 2:
        return room + (input.take(2) << 12);
    case 3:
        return program_space.begin + (input.take(3) << 12);
    case 4:
        return input.take(8);
    case 5:
        return ~0ULL - input.take(1);
    case 6:
        return 1ULL << (input.take(1) % 64);
    default:
        return input.take(2);
    }
}

constexpr std::uint64_t room_size = 256 << 10;
constexpr std::uint64_t numbers = 450;
// No system calls: an exception of the program, and words that it stores for later calls.
constexpr std::uint64_t fault_number = numbers - 1;
constexpr std::uint64_t store_number = numbers - 2;

void must_hold(char const* broken) {
    if (broken == nullptr) return;
    std::fprintf(stderr, "%s\n", broken);
    std::abort();
}

void fault(fake::World& world, Input& input, std::uint64_t at) {
    auto& frame = world.frame();
    frame.vector = static_cast<Vector>(input.take(1));
    frame.error = input.take(1);
    frame.fault_address = at;
    if (frame.vector != Vector::SystemCall) world.raise(frame);
}

void store(fake::World& world, Input& input, std::uint64_t room) {
    auto const at = room + (input.take(1) * sizeof(std::uint64_t));
    for (std::uint64_t i = 0, n = 1 + (input.take(1) % 8); i < n; ++i)
        static_cast<void>(world.kernel().user.store(at + (i * 8), argument(input, room)));
}

// mmap, mprotect, munmap, brk, mremap, madvise: nothing else takes pages or rights away.
constexpr std::array<std::uint64_t, 6> taking{9, 10, 11, 12, 25, 28};

void step(fake::World& world, Input& input, std::uint64_t room, unsigned cpus) {
    auto const number = input.take(2) % numbers;
    if (number == store_number) return store(world, input, room);
    if (number == fault_number) return fault(world, input, argument(input, room));
    Arguments arguments{};
    for (auto& word : arguments) word = argument(input, room);
    bool const takes = std::ranges::find(taking, number) != taking.end();
    if (takes) {
        world.on(static_cast<unsigned>(input.take(1)) % cpus);
        world.lose_kicks(static_cast<unsigned>(input.take(1) % 2));
        world.learn_all();
    }
    world.call(number, arguments);
    if (takes) must_hold(world.audit());
    world.on(0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto memory = fake::small_memory;
    Input input{data, size};
    memory.cpus = 1 + input.take(1) % 2;
    fake::World world{memory};
    auto& kernel = world.kernel();
    for (std::uint32_t i = 0; i < 6; ++i)
        kernel.files.put(i, {.kind = File::Kind::Host, .handle = i});
    kernel.files.put(
        6, {.kind = File::Kind::Memory, .place = fake::small_memory.limit, .size = 1000}
    );
    world.set_host([&](Call call, Arguments const&, std::span<std::byte> block) -> std::int64_t {
        // It would wait for ever, or ask again for ever.
        if (call == Call::Park || input.empty()) throw fake::Ended{};
        for (auto n = input.take(1) % 16; n > 0; --n)
            block[input.take(3) % block.size()] = static_cast<std::byte>(input.take(1));
        auto const kind = input.take(1);
        if (kind % 4 == 0) return static_cast<std::int64_t>(input.take(8));
        if (kind % 4 == 1) return -static_cast<std::int64_t>(input.take(1));
        return static_cast<std::int64_t>(input.take(2));
    });
    auto const room = world.room(room_size);
    auto& frame = world.frame();
    frame.rip = room;
    frame.cs = user_code_selector;
    frame.ss = user_data_selector;
    frame.rsp = room + (room_size / 2);
    try {
        while (!input.empty()) {
            step(world, input, room, memory.cpus);
            must_hold(fake::audit_registers(world.frame()));
        }
    } catch (fake::Ended const&) { // NOLINT(bugprone-empty-catch): a Keep may end
    }
    must_hold(fake::audit_pages(protocol::launch::files_address, fake::small_memory.limit));
    return 0;
}
