// A processor's x87, SSE and AVX registers, out of Bochs and into it.
#include "engine/extended_state.hpp"

#include "base/bytes.hpp"
#include "engine/bochs/bochs.hpp"

#include <span>

#include <cpu/i387.h>

namespace model::engine {

namespace {

constexpr std::uint64_t all_components = 7; // x87, SSE, AVX
constexpr std::uint32_t mxcsr_mask = 0x0002'ffff;
constexpr unsigned vector_registers = 16;
constexpr unsigned x87_registers = 8;

} // namespace

ExtendedState Cpu::extended_state() const {
    auto& cpu = bochs(index_);
    auto& x87 = cpu.the_i387;
    ExtendedState state{};
    store(state, XsaveFcw, x87.get_control_word());
    store(state, XsaveFsw, x87.get_status_word());
    std::uint8_t used = 0;
    for (unsigned i = 0; i < x87_registers; ++i)
        if ((x87.twd >> (2 * i) & 3) != 3) used |= static_cast<std::uint8_t>(1U << i);
    store(state, XsaveFtw, used);
    store(state, XsaveFop, x87.foo);
    store(state, XsaveFip, static_cast<std::uint64_t>(x87.fip));
    store(state, XsaveFdp, static_cast<std::uint64_t>(x87.fdp));
    store(state, XsaveMxcsr, static_cast<std::uint32_t>(cpu.mxcsr.mxcsr));
    store(state, XsaveMxcsrMask, mxcsr_mask);
    for (unsigned i = 0; i < x87_registers; ++i) {
        auto const value = x87.FPU_read_regi(static_cast<int>(i));
        store(state, XsaveSt + 16 * i, static_cast<std::uint64_t>(value.signif));
        store(state, XsaveSt + 16 * i + 8, static_cast<std::uint16_t>(value.signExp));
    }
    for (unsigned i = 0; i < vector_registers; ++i)
        for (unsigned half = 0; half < 2; ++half) {
            store(state, XsaveXmm + 16 * i + 8 * half, std::uint64_t{cpu.vmm[i].vmm64u(half)});
            store(
                state, XsaveYmmHigh + 16 * i + 8 * half, std::uint64_t{cpu.vmm[i].vmm64u(2 + half)}
            );
        }
    store(state, XsaveHeader, all_components);
    return state;
}

void Cpu::set_extended_state(ExtendedState const& state) {
    auto& cpu = bochs(index_);
    auto& x87 = cpu.the_i387;
    x87.cwd = load<std::uint16_t>(state, XsaveFcw);
    x87.swd = load<std::uint16_t>(state, XsaveFsw);
    x87.tos = static_cast<unsigned char>(x87.swd >> 11 & 7);
    x87.foo = load<std::uint16_t>(state, XsaveFop);
    x87.fip = load<std::uint64_t>(state, XsaveFip);
    x87.fdp = load<std::uint64_t>(state, XsaveFdp);
    for (unsigned i = 0; i < x87_registers; ++i) {
        floatx80 value{};
        value.signif = load<std::uint64_t>(state, XsaveSt + 16 * i);
        value.signExp = load<std::uint16_t>(state, XsaveSt + 16 * i + 8);
        x87.st_space[(i + x87.tos) & 7] = value;
    }
    x87.twd = unpack_FPU_TW(&x87, load<std::uint8_t>(state, XsaveFtw));
    cpu.mxcsr.mxcsr = load<std::uint32_t>(state, XsaveMxcsr);
    for (unsigned i = 0; i < vector_registers; ++i)
        for (unsigned half = 0; half < 2; ++half) {
            cpu.vmm[i].vmm64u(half) = load<std::uint64_t>(state, XsaveXmm + 16 * i + 8 * half);
            cpu.vmm[i].vmm64u(2 + half) =
                load<std::uint64_t>(state, XsaveYmmHigh + 16 * i + 8 * half);
        }
    cpu.handleCpuContextChange();
}

} // namespace model::engine
