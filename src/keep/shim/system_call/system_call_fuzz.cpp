// A program and a host that both do what the input says: system calls with odd arguments, answers
// and blocks full of lies. Expected: an ordinary errno or the Keep's end; ASan and UBSan see the
// rest, and the invariants below hold.

#include "keep/shim/platform/fake/fuzz_input.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <cstdlib>
#include <cstring>

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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    fake::World world;
    Input input{data, size};
    auto& kernel = world.kernel();
    for (std::uint32_t i = 0; i < 6; ++i)
        kernel.files.put(i, {.kind = File::Kind::Host, .handle = i});
    kernel.files.put(
        6, {.kind = File::Kind::Memory, .place = protocol::launch::files_address, .size = 1000}
    );
    world.set_host([&](Call call, Arguments const&, std::span<std::byte> block) -> std::int64_t {
        if (call == Call::Park) throw fake::Ended{}; // it would wait for ever
        for (auto n = input.take(1) % 16; n > 0; --n)
            block[input.take(3) % block.size()] = static_cast<std::byte>(input.take(1));
        auto const kind = input.take(1);
        if (kind % 4 == 0) return static_cast<std::int64_t>(input.take(8));
        if (kind % 4 == 1) return -static_cast<std::int64_t>(input.take(1));
        return static_cast<std::int64_t>(input.take(2));
    });
    auto const room = world.room(room_size);
    try {
        while (!input.empty()) {
            auto const number = input.take(2) % 450;
            Arguments arguments{};
            for (auto& word : arguments) word = argument(input, room);
            world.call(number, arguments);
            // A program never comes to run outside its own space, nor with more rights than its
            // own.
            if (world.frame().cs != user_code_selector) std::abort();
        }
    } catch (fake::Ended const&) {
    }
    return 0;
}
