#pragma once

// One call of each kind that the system-call table has and that asks the host, with good arguments;
// what is in program memory beside them is marked.

#include "keep/shim/platform/fake/world.hpp"

#include <array>
#include <set>
#include <vector>

namespace shim::fake {

inline constexpr std::uint64_t marked_word = 0xa5a5'a5a5'a5a5'a5a5;
inline constexpr std::uint64_t marked_half = 0xa5a5'a5a5'0000'0000; // above an int

// What an argument is. None: the call does not use this register.
enum class Is : std::uint8_t { None, File, Epoll, Int, Long, Path, Data, Size, Out, Structure };

struct Given {
    Is is = Is::None;
    std::uint64_t value = 0;
    std::vector<std::uint64_t> words = {}; // Structure: its contents
};

inline Given const none{};
inline Given const file{Is::File, 5};
inline Given const epoll{Is::Epoll, 8};
inline Given const timer{Is::File, 9};
inline Given const path{Is::Path};
inline Given const data{Is::Data};
inline Given const size{Is::Size};
inline Given const out{Is::Out};
inline Given number(std::uint64_t value) { return {Is::Int, value}; }
inline Given wide(std::uint64_t value) { return {Is::Long, value}; }
inline Given structure(std::vector<std::uint64_t> words) {
    return {Is::Structure, 0, std::move(words)};
}

// Words that stand for addresses in structures.
inline constexpr std::uint64_t at_data = 0xfeed'0001;
inline constexpr std::uint64_t at_out = 0xfeed'0002;
inline constexpr std::uint64_t at_vector = 0xfeed'0004; // of one entry, to send or to receive
inline constexpr std::uint64_t data_bytes = 0xfeed'0003;

struct Example {
    std::uint64_t number;
    std::array<Given, 6> arguments;
};

inline Given const sends = structure({at_data, data_bytes, at_data, 8});
inline Given const receives = structure({at_out, data_bytes, at_out, 8});
inline Given const address_size = structure({marked_word << 32 | 16});
inline Given const message =
    structure({0, marked_word << 32, at_vector, 1, marked_word, 0, marked_word});
inline Given const polls =
    structure({0xa5a5'0001'0000'0005}); // descriptor 5, POLLIN, an old answer
inline Given const no_time = structure({0, 0});
inline Given const event =
    structure({marked_word << 32 | 1, 0xa5a5'a5a5}); // EPOLLIN and the program's word

inline Given const sets = structure({0xa5a5'a5a5'a5a5'a520}); // descriptor 5, and what lies behind
inline Given const signals = structure({marked_word});

inline std::vector<Example> const examples{
    {0, {file, out, size}},
    {1, {file, data, size}},
    {3, {file}},
    {5, {file, out}},
    {7, {polls, number(1), number(0)}},
    {8, {file, wide(7), number(0)}},
    {9, {wide(0), size, wide(1), wide(2), file, wide(0)}},
    {16, {file, number(0x541b), out}},
    {16, {file, number(0x5421), structure({marked_word << 32 | 1})}},
    {16, {file, number(0x5413), out}},
    {17, {file, out, size, wide(7)}},
    {18, {file, data, size, wide(7)}},
    {19, {file, receives, wide(2)}},
    {20, {file, sends, wide(2)}},
    {22, {out}},
    {23, {number(6), sets, sets, wide(0), no_time}},
    {33, {number(6), file}},
    {41, {number(2), number(1), number(0)}},
    {42, {file, data, number(16)}},
    {43, {file, out, address_size}},
    {44, {file, data, size, number(0x40), data, number(16)}},
    {44, {file, data, size, number(0), wide(0), number(0)}},
    {45, {file, out, size, number(0), out, address_size}},
    {46, {file, message, number(0)}},
    {47, {file, message, number(0)}},
    {48, {file, number(1)}},
    {49, {file, data, number(16)}},
    {50, {file, number(5)}},
    {51, {file, out, address_size}},
    {52, {file, out, address_size}},
    {54, {file, number(1), number(2), data, number(4)}},
    {55, {file, number(1), number(2), out, address_size}},
    {72, {file, number(3)}},
    {72, {file, number(4), wide(0x800 | marked_half)}},
    {74, {file}},
    {75, {file}},
    {77, {file, wide(7)}},
    {213, {number(1)}},
    {217, {file, out, number(64)}},
    {221, {file, wide(0), wide(0), number(1)}},
    {232, {epoll, out, number(2), number(0)}}, // a time that is left could look like a mark
    {233, {epoll, number(1), file, event}},
    {257, {file, path, number(0x42), number(0600)}},
    {257, {file, path, number(0), number(0xa5a5)}},
    {258, {file, path, number(0700)}},
    {262, {file, path, out, number(0)}},
    {263, {file, path, number(0)}},
    {264, {file, path, file, path}},
    {265, {file, path, file, path, number(0)}},
    {266, {path, file, path}},
    {267, {file, path, out, number(64)}},
    {269, {file, path, number(4)}},
    {270, {number(6), sets, wide(0), sets, no_time, wide(0)}},
    {271, {polls, number(1), no_time, wide(0)}},
    {280, {file, path, structure({1, 2, 3, 4}), number(0)}},
    {280, {file, wide(0), wide(0), number(0)}},
    {281, {epoll, out, number(2), number(0)}},
    {282, {number(0xffff'ffff), signals, wide(8)}},
    {283, {number(1), number(0)}},
    {284, {number(1)}},
    {285, {file, number(0), wide(0), wide(9)}},
    {286, {timer, number(0), structure({0, 0, 1, 0}), wide(0)}},
    {288, {file, out, address_size, number(0x800)}},
    {289, {number(0xffff'ffff), signals, wide(8), number(0x800)}},
    {290, {number(1), number(0x800)}},
    {291, {number(0)}},
    {292, {number(6), file, number(0)}},
    {293, {out, number(0)}},
    {295, {file, receives, wide(2), wide(7)}},
    {296, {file, sends, wide(2), wide(7)}},
    {316, {file, path, file, path, number(0)}},
    {327, {file, receives, wide(2), wide(7), none, number(0)}},
    {328, {file, sends, wide(2), wide(7), none, number(0)}},
    {332, {file, path, number(0), number(0xfff), out}},
    {437, {file, path, structure({0, 0, 0}), wide(24)}},
    {439, {file, path, number(4), number(0)}},
    {441, {epoll, out, number(2), no_time}},
};

// What the Keep answers itself, or by calls that carry numbers of its own only: Park, Spawn.
inline std::set<std::uint64_t> const inside{2,   10,  11,  12,  13,  14,  15,  24,  25,  28,  32,
                                            35,  39,  56,  60,  62,  63,  79,  89,  96,  97,  98,
                                            99,  102, 104, 107, 108, 110, 111, 131, 157, 158, 186,
                                            200, 201, 202, 203, 204, 218, 228, 229, 230, 231, 234,
                                            273, 275, 287, 302, 309, 318, 400, 401};

} // namespace shim::fake
