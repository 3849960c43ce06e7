// A program that makes ordinary calls, and a host that answers as the input says: with any value,
// any data, any words in the block. Expected: an answer that the call can have, and no byte of the
// program changed outside the buffer that it gave.

#include "keep/shim/platform/fake/fuzz_input.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <array>
#include <cstdlib>
#include <cstring>

namespace {

using namespace shim;
using fake::Input;

constexpr std::uint64_t border = 4096;
constexpr std::uint64_t room = 512; // of each buffer
constexpr std::uint64_t any = ~0ULL >> 1;
constexpr std::byte guard{0x5a};

// A call of the program: its number, what it may answer at most, and its arguments, of which some
// stand for addresses.
struct Ordinary {
    std::uint64_t number;
    std::uint64_t most;
    Arguments arguments;
};

constexpr std::uint64_t buffer = 0xb000'0000;
constexpr std::uint64_t behind = 0xb000'0001; // the last word of the buffer
constexpr std::uint64_t path = 0xb000'0002;
constexpr std::uint64_t set = 0xb000'0003; // two entries of poll, the socket and a file
constexpr std::uint64_t none = 0;
constexpr std::uint32_t stream = 7; // a socket of which bytes travel along with other calls

constexpr std::array calls{
    Ordinary{0, room, {5, buffer, room}},              // read
    Ordinary{1, room, {1, buffer, room}},              // write
    Ordinary{5, none, {5, buffer}},                    // fstat
    Ordinary{8, any, {5, 0, 1}},                       // lseek
    Ordinary{16, any, {5, 0x541b, buffer}},            // ioctl FIONREAD
    Ordinary{17, room, {5, buffer, room, 7}},          // pread64
    Ordinary{18, room, {5, buffer, room, 7}},          // pwrite64
    Ordinary{44, room, {5, buffer, room, 0, 0, 0}},    // sendto
    Ordinary{45, room, {5, buffer, room, 0, 0, 0}},    // recvfrom
    Ordinary{45, room, {5, buffer, room, 0x20, 0, 0}}, // recvfrom with MSG_TRUNC
    Ordinary{72, any, {5, 3, 0}},                      // fcntl F_GETFL
    Ordinary{217, room, {5, buffer, room}},            // getdents64
    Ordinary{257, any, {5, path, 0, 0}},               // openat
    Ordinary{262, none, {5, path, buffer, 0}},         // newfstatat
    Ordinary{263, none, {5, path, 0}},                 // unlinkat
    Ordinary{267, 100, {5, path, buffer, 100}},        // readlinkat
    Ordinary{288, any, {5, buffer, behind, 0}},        // accept4
    Ordinary{293, none, {buffer, 0}},                  // pipe2
    Ordinary{332, none, {5, path, 0, 0xfff, buffer}},  // statx
    Ordinary{7, 2, {set, 2, 0}},                       // poll
    Ordinary{44, room, {stream, buffer, room, 0x40}},  // sendto
    Ordinary{1, room, {stream, buffer, room}},         // write
    Ordinary{45, room, {stream, buffer, room, 0x40}},  // recvfrom
    Ordinary{45, room, {stream, buffer, room, 0x102}}, // recvfrom with MSG_PEEK and MSG_WAITALL
    Ordinary{0, room, {stream, buffer, room}},         // read
    Ordinary{16, any, {stream, 0x541b, buffer}},       // ioctl FIONREAD
    Ordinary{288, any, {stream, 0, 0, 0}},             // accept4
};

std::int64_t lie(fake::World& world, Input& input, std::span<std::byte> data) {
    for (auto n = input.take(1) % 8; n > 0; --n)
        data[input.take(3) % data.size()] = static_cast<std::byte>(input.take(1));
    // The words before the data, the answer and the turn excepted: those are set behind this.
    for (auto n = input.take(1) % 4; n > 0; --n)
        world.block()[8 + input.take(1) % 0x68] = static_cast<std::byte>(input.take(1));
    for (auto n = input.take(1) % 4; n > 0; --n) {
        auto const near = input.take(1) % 2 == 0 ? input.take(1) * 4 : input.take(3);
        world.batch()[near % world.batch().size()] = static_cast<std::byte>(input.take(1));
    }
    switch (input.take(1) % 4) {
    case 0:
        return static_cast<std::int64_t>(input.take(8));
    case 1:
        return -static_cast<std::int64_t>(input.take(1));
    case 2:
        return static_cast<std::int64_t>(input.take(2));
    default:
        return 0;
    }
}

} // namespace

// NOLINTNEXTLINE(readability-function-cognitive-complexity): one choice for each byte of the input
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    fake::World world{fake::small_memory};
    Input input{data, size};
    for (std::uint32_t i = 0; i < 6; ++i)
        world.kernel().files.put(i, {.kind = File::Kind::Host, .handle = i});
    world.kernel().files.put(
        stream,
        {.kind = File::Kind::Host,
         .stream = true,
         .handle = stream,
         .flags = 0x800,
         .room = 1 << 16}
    );
    world.kernel().host.set_patience(1000);
    world.set_host([&](Call, Arguments const&, std::span<std::byte> block) {
        return lie(world, input, block);
    });
    static std::vector<std::byte> const guards(3 * border, guard);
    auto const area = world.put(guards);
    auto const name = world.put(std::string_view{"name"});
    std::uint32_t const name_room = 16;
    constexpr std::array<std::uint32_t, 4> entries{stream, 0x5, 5, 0x1}; // POLLIN, POLLOUT
    auto const polled = world.put(std::as_bytes(std::span{entries}));
    while (!input.empty()) {
        auto const& call = calls.at(input.take(1) % calls.size());
        auto arguments = call.arguments;
        for (auto& word : arguments) {
            if (word == buffer) word = area + border;
            if (word == behind) word = area + border + room - sizeof name_room;
            if (word == path) word = name;
            if (word == set) word = polled;
        }
        if (!world.kernel().user.write(area, guards)) std::abort();
        if (!world.kernel().user.store(area + border + room - sizeof name_room, name_room))
            std::abort();
        auto const answer = world.call(call.number, arguments);
        if (answer < -protocol::hostcall::max_errno) std::abort();
        if (answer >= 0 && static_cast<std::uint64_t>(answer) > call.most) std::abort();
        auto const left = world.get(area, guards.size());
        if (left.size() != guards.size() || std::memcmp(left.data(), guards.data(), border) != 0 ||
            std::memcmp(&left[border + room], &guards[border + room], 2 * border - room) != 0)
            std::abort();
        if (world.frame().cs != user_code_selector) std::abort();
    }
    return 0;
}
