#include "crypto/sha384_lanes.hpp"

#include <cstdint>
#include <cstring>
#include <span>

namespace crypto::lanes {

namespace {

using Word = std::uint64_t;
using Lanes = Word __attribute__((vector_size(64))); // the same word of eight messages
using LaneBytes = unsigned char __attribute__((vector_size(64)));

constexpr std::size_t block_size = 128;
constexpr std::size_t rounds = 80;
constexpr std::size_t block_words = 16;

// FIPS 180-4, 4.2.3.
constexpr std::array<Word, rounds> k{
    0x428a'2f98'd728'ae22, 0x7137'4491'23ef'65cd, 0xb5c0'fbcf'ec4d'3b2f, 0xe9b5'dba5'8189'dbbc,
    0x3956'c25b'f348'b538, 0x59f1'11f1'b605'd019, 0x923f'82a4'af19'4f9b, 0xab1c'5ed5'da6d'8118,
    0xd807'aa98'a303'0242, 0x1283'5b01'4570'6fbe, 0x2431'85be'4ee4'b28c, 0x550c'7dc3'd5ff'b4e2,
    0x72be'5d74'f27b'896f, 0x80de'b1fe'3b16'96b1, 0x9bdc'06a7'25c7'1235, 0xc19b'f174'cf69'2694,
    0xe49b'69c1'9ef1'4ad2, 0xefbe'4786'384f'25e3, 0x0fc1'9dc6'8b8c'd5b5, 0x240c'a1cc'77ac'9c65,
    0x2de9'2c6f'592b'0275, 0x4a74'84aa'6ea6'e483, 0x5cb0'a9dc'bd41'fbd4, 0x76f9'88da'8311'53b5,
    0x983e'5152'ee66'dfab, 0xa831'c66d'2db4'3210, 0xb003'27c8'98fb'213f, 0xbf59'7fc7'beef'0ee4,
    0xc6e0'0bf3'3da8'8fc2, 0xd5a7'9147'930a'a725, 0x06ca'6351'e003'826f, 0x1429'2967'0a0e'6e70,
    0x27b7'0a85'46d2'2ffc, 0x2e1b'2138'5c26'c926, 0x4d2c'6dfc'5ac4'2aed, 0x5338'0d13'9d95'b3df,
    0x650a'7354'8baf'63de, 0x766a'0abb'3c77'b2a8, 0x81c2'c92e'47ed'aee6, 0x9272'2c85'1482'353b,
    0xa2bf'e8a1'4cf1'0364, 0xa81a'664b'bc42'3001, 0xc24b'8b70'd0f8'9791, 0xc76c'51a3'0654'be30,
    0xd192'e819'd6ef'5218, 0xd699'0624'5565'a910, 0xf40e'3585'5771'202a, 0x106a'a070'32bb'd1b8,
    0x19a4'c116'b8d2'd0c8, 0x1e37'6c08'5141'ab53, 0x2748'774c'df8e'eb99, 0x34b0'bcb5'e19b'48a8,
    0x391c'0cb3'c5c9'5a63, 0x4ed8'aa4a'e341'8acb, 0x5b9c'ca4f'7763'e373, 0x682e'6ff3'd6b2'b8a3,
    0x748f'82ee'5def'b2fc, 0x78a5'636f'4317'2f60, 0x84c8'7814'a1f0'ab72, 0x8cc7'0208'1a64'39ec,
    0x90be'fffa'2363'1e28, 0xa450'6ceb'de82'bde9, 0xbef9'a3f7'b2c6'7915, 0xc671'78f2'e372'532b,
    0xca27'3ece'ea26'619c, 0xd186'b8c7'21c0'c207, 0xeada'7dd6'cde0'eb1e, 0xf57d'4f7f'ee6e'd178,
    0x06f0'67aa'7217'6fba, 0x0a63'7dc5'a2c8'98a6, 0x113f'9804'bef9'0dae, 0x1b71'0b35'131c'471b,
    0x28db'77f5'2304'7d84, 0x32ca'ab7b'40c7'2493, 0x3c9e'be0a'15c9'bebc, 0x431d'67c4'9c10'0d4c,
    0x4cc5'd4be'cb3e'42b6, 0x597f'299c'fc65'7e2a, 0x5fcb'6fab'3ad6'faec, 0x6c44'198c'4a47'5817
};

// FIPS 180-4, 5.3.4.
constexpr std::array<Word, 8> initial{
    0xcbbb'9d5d'c105'9ed8,
    0x629a'292a'367c'd507,
    0x9159'015a'3070'dd17,
    0x152f'ecd8'f70e'5939,
    0x6733'2667'ffc0'0b31,
    0x8eb4'4a87'6858'1511,
    0xdb0c'2e0d'64f9'8fa7,
    0x47b5'481d'befa'4fa4
};

// For the functions from here on alone: what the standard library has inline stays code that every
// processor runs, wherever the linker takes it from.
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), apply_to = function)

// FIPS 180-4, 4.1.3.
Lanes right(Lanes x, int n) { return x >> n | x << (64 - n); }
Lanes small_0(Lanes x) { return right(x, 1) ^ right(x, 8) ^ (x >> 7); }
Lanes small_1(Lanes x) { return right(x, 19) ^ right(x, 61) ^ (x >> 6); }
Lanes large_0(Lanes x) { return right(x, 28) ^ right(x, 34) ^ right(x, 39); }
Lanes large_1(Lanes x) { return right(x, 14) ^ right(x, 18) ^ right(x, 41); }
Lanes choose(Lanes x, Lanes y, Lanes z) { return (x & y) ^ (~x & z); }
Lanes majority(Lanes x, Lanes y, Lanes z) { return (x & y) ^ (x & z) ^ (y & z); }

// Words are big-endian in a message.
Lanes swapped(Lanes x) {
    auto const bytes = (LaneBytes)x;
    // clang-format off
    return (Lanes)__builtin_shufflevector(bytes, bytes,
         7,  6,  5,  4,  3,  2,  1,  0, 15, 14, 13, 12, 11, 10,  9,  8,
        23, 22, 21, 20, 19, 18, 17, 16, 31, 30, 29, 28, 27, 26, 25, 24,
        39, 38, 37, 36, 35, 34, 33, 32, 47, 46, 45, 44, 43, 42, 41, 40,
        55, 54, 53, 52, 51, 50, 49, 48, 63, 62, 61, 60, 59, 58, 57, 56);
    // clang-format on
}

// Eight words of each of eight messages: rows become columns, by pairs, fours and halves.
void transpose(Lanes (&rows)[count]) {
    Lanes pairs[count];
    Lanes fours[count];
    for (std::size_t i = 0; i < count; i += 2) {
        pairs[i] = __builtin_shufflevector(rows[i], rows[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        pairs[i + 1] = __builtin_shufflevector(rows[i], rows[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (std::size_t i = 0; i < count; i += 4)
        for (std::size_t j = i; j < i + 2; ++j) {
            fours[j] = __builtin_shufflevector(pairs[j], pairs[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            fours[j + 2] =
                __builtin_shufflevector(pairs[j], pairs[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (std::size_t i = 0; i < count / 2; ++i) {
        rows[i] = __builtin_shufflevector(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        rows[i + 4] = __builtin_shufflevector(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

// Safety: `from` has 8 messages of `size` bytes, and a block begins at `at` of each.
void load(Lanes (&words)[block_words], std::byte const* from, std::size_t size, std::size_t at) {
    for (std::size_t half = 0; half < 2; ++half) {
        Lanes rows[count];
        for (std::size_t i = 0; i < count; ++i)
            std::memcpy(&rows[i], from + i * size + at + half * sizeof(Lanes), sizeof(Lanes));
        transpose(rows);
        for (std::size_t i = 0; i < count; ++i) words[half * count + i] = swapped(rows[i]);
    }
}

// FIPS 180-4, 6.4.2. The schedule takes the place of the words that it comes from.
void compress(Lanes (&state)[8], Lanes (&words)[block_words]) {
    auto [a, b, c, d, e, f, g, h] = state;
#pragma clang loop unroll_count(16)
    for (std::size_t t = 0; t < rounds; ++t) {
        auto& word = words[t % block_words];
        if (t >= block_words)
            word += small_1(words[(t + 14) % block_words]) + words[(t + 9) % block_words] +
                    small_0(words[(t + 1) % block_words]);
        auto const first = h + large_1(e) + choose(e, f, g) + k[t] + word;
        auto const second = large_0(a) + majority(a, b, c);
        h = g;
        g = f;
        f = e;
        e = d + first;
        d = c;
        c = b;
        b = a;
        a = first + second;
    }
    Lanes const added[8]{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) state[i] += added[i];
}

// What is behind the last block: a one, zeros, the length in bits (FIPS 180-4, 5.1.2).
void end(Lanes (&words)[block_words], std::size_t size) {
    for (auto& word : words) word = Lanes{};
    words[0] += Word{1} << 63;
    words[block_words - 1] += Word{size} * 8;
}

void hash(Lanes (&state)[8], std::byte const* messages, std::size_t size) {
    Lanes words[block_words];
    for (std::size_t i = 0; i < 8; ++i) state[i] = Lanes{} + initial[i];
    for (std::size_t at = 0; at < size; at += block_size) {
        load(words, messages, size, at);
        compress(state, words);
    }
    end(words, size);
    compress(state, words);
    transpose(state);
    for (auto& digest : state) digest = swapped(digest);
}

#pragma clang attribute pop

} // namespace

bool offered() { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"); }

std::array<Sha384Digest, count> sha384(base::View messages, std::size_t size) {
    Lanes state[8];
    hash(state, messages.data(), size);
    std::array<Sha384Digest, count> out;
    for (std::size_t i = 0; i < count; ++i) std::memcpy(out[i].data(), &state[i], out[i].size());
    return out;
}

} // namespace crypto::lanes
