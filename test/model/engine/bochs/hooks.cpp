// The four functions of Bochs that the model is: intercepts, the nested walk, unknown instructions,
// the time.
#include "engine/bochs/bochs.hpp"

#include <csetjmp>

#include <cpu/decoder/ia_opcodes.h>

using namespace model::engine;

namespace {

std::span<std::byte const> instruction_of(BX_CPU_C& cpu) {
    auto const at = static_cast<std::uint32_t>(cpu.prev_rip + cpu.eipPageBias);
    if (cpu.eipFetchPtr == nullptr || at >= cpu.eipPageWindowSize) return {};
    // Safety: Bochs fetched the instruction from this page; the window is what is left of it.
    return {
        reinterpret_cast<std::byte const*>(cpu.eipFetchPtr) + at,
        std::min<std::size_t>(15, cpu.eipPageWindowSize - at)
    };
}

// What BX_CPU_C::exception() does for a fault, but with an error code where the World says so: its
// table has none for vector 29.
[[noreturn]] void deliver(BX_CPU_C& cpu, std::uint8_t vector, std::optional<std::uint32_t> code) {
    cpu.gen_reg[BX_64BIT_REG_RIP].rrx = cpu.prev_rip;
    if (cpu.speculative_rsp) cpu.gen_reg[BX_64BIT_REG_RSP].rrx = cpu.prev_rsp;
    cpu.speculative_rsp = false;
    cpu.assert_RF();
    cpu.EXT = true;
    // A fault while another is delivered: #VC is benign after a benign one, otherwise a double
    // fault.
    if (cpu.last_exception_type != 0) cpu.exception(BX_DF_EXCEPTION, 0);
    cpu.interrupt(
        vector, BX_HARDWARE_EXCEPTION, code.has_value(), static_cast<Bit16u>(code.value_or(0))
    );
    cpu.last_exception_type = 0;
    // NOLINTNEXTLINE(cert-err52-cpp,modernize-avoid-setjmp-longjmp): Bochs' own way back
    std::longjmp(BX_CPU_C::jmp_buf_env, 1);
}

} // namespace

void model::engine::follow(BX_CPU_C& cpu, Answer const& answer) {
    if (answer.then == Answer::Then::Fault) deliver(cpu, answer.vector, answer.error_code);
    bool const leaves =
        answer.then == Answer::Then::Leave || answer.then == Answer::Then::LeaveAfter;
    if (answer.then == Answer::Then::Leave) {
        if (cpu.speculative_rsp) cpu.gen_reg[BX_64BIT_REG_RSP].rrx = cpu.prev_rsp;
        cpu.EXT = false;
        cpu.last_exception_type = 0;
        cpu.in_event = false;
    }
    cpu.speculative_rsp = false;
    cpu.gen_reg[BX_64BIT_REG_RIP].rrx = cpu.prev_rip + answer.length;
    cpu.prev_rip = cpu.gen_reg[BX_64BIT_REG_RIP].rrx;
    if (leaves) {
        bx_pc_system.kill_bochs_request = true;
        cpu.async_event = 1;
    }
    // NOLINTNEXTLINE(cert-err52-cpp,modernize-avoid-setjmp-longjmp): Bochs' own way back
    std::longjmp(BX_CPU_C::jmp_buf_env, 1);
}

void BX_CPU_C::Svm_Vmexit(int reason, Bit64u info1, Bit64u info2) {
    auto& cpu = cpu_of(*this);
    follow(
        *this,
        cpu.world().intercept(
            cpu, {.code = reason, .info1 = info1, .info2 = info2, .bytes = instruction_of(*this)}
        )
    );
}

bx_phy_address BX_CPU_C::nested_walk(bx_phy_address at, unsigned rw, bool table) {
    auto& cpu = cpu_of(*this);
    auto const access = rw == BX_EXECUTE ? Access::Execute
                        : (rw & 1) != 0  ? Access::Write
                                         : Access::Read;
    Answer answer;
    if (auto const found = cpu.world().translate(cpu, at, access, table, answer)) return *found;
    follow(*this, answer);
}

void BX_CPP_AttrRegparmN(1) BX_CPU_C::BxError(bxInstruction_c* i) {
    if (i->getIaOpcode() == BX_IA_ERROR) {
        auto& cpu = cpu_of(*this);
        if (auto const answer = cpu.world().unknown(cpu, instruction_of(*this)))
            follow(*this, *answer);
    }
    BxError_bochs(i);
}

Bit64u BX_CPU_C::get_TSC() {
    auto& cpu = cpu_of(*this);
    return cpu.world().time_stamp(cpu);
}
