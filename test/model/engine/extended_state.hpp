// x87, SSE and AVX registers in the layout of XSAVE's standard form (SDM volume 1, 13.4).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace model::engine {

constexpr std::size_t xsave_size = 832;
using ExtendedState = std::array<std::byte, xsave_size>;

enum XsaveOffset : std::uint16_t {
    XsaveFcw = 0,
    XsaveFsw = 2,
    XsaveFtw = 4, // a bit for each register that is not empty
    XsaveFop = 6,
    XsaveFip = 8,
    XsaveFdp = 16,
    XsaveMxcsr = 24,
    XsaveMxcsrMask = 28,
    XsaveSt = 32,
    XsaveXmm = 160,
    XsaveHeader = 512,
    XsaveYmmHigh = 576
};

} // namespace model::engine
