// The page that KVM makes of a vCPU's first registers, byte by byte from the manual's offsets.

#include "host/vmm/backend/snp/first_state.hpp"

#include <cstring>
#include <map>

#include <gtest/gtest.h>

namespace {

using namespace host::vmm;

protocol::launch::ImageHeader header() {
    protocol::launch::ImageHeader image{};
    image.platform = static_cast<std::uint64_t>(protocol::launch::ShimKind::Kvm);
    image.start = 0x40'1111;
    image.system_call = 0x40'2222;
    image.stack = 0x4000'7000;
    image.page_table = 0x40'3000;
    image.gdt = 0x4000'0300;
    image.idt = 0x40'4000;
    image.idt_limit = 0xfff;
    image.tss = 0x4000'0100;
    image.tss_limit = 0x67;
    return image;
}

// Of the page, read as words of 8 bytes: only those that are not zero.
std::map<std::size_t, std::uint64_t> words_of(hw::snp::Vmsa const& vmsa) {
    std::array<std::uint64_t, sizeof vmsa / 8> words{};
    std::memcpy(words.data(), &vmsa, sizeof vmsa);
    std::map<std::size_t, std::uint64_t> out;
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] != 0) out[i * 8] = words[i];
    return out;
}

TEST(FirstState, BecomesTheVmsaThatLinuxMakesOfIt) {
    auto const image = header();
    auto const vmsa = snp::vmsa_of(snp::first_registers(image), kvm::other_registers(image));
    constexpr std::uint64_t data = 0xffff'ffff'0c93'0018; // limit, attributes, selector
    std::map<std::size_t, std::uint64_t> const wanted{
        {0x000, data},                  // ES
        {0x010, 0xffff'ffff'0a9b'0010}, // CS
        {0x020, data},                  // SS
        {0x030, data},                  // DS
        {0x040, data},                  // FS
        {0x050, data},                  // GS
        {0x060, 0x0000'004f'0000'0000}, // GDTR
        {0x068, 0x4000'0300},
        {0x080, 0x0000'0fff'0000'0000}, // IDTR
        {0x088, 0x40'4000},
        {0x090, 0x0000'0067'008b'0040}, // TR
        {0x098, 0x4000'0100},
        {0x0d0, 0x1d01},   // EFER: NXE LMA LME SCE, SVME
        {0x148, 0x5'0660}, // CR4: with MCE
        {0x150, 1ULL << 51 | 0x40'3000},
        {0x158, 0x8001'0033},
        {0x160, 0x400},                 // DR7
        {0x168, 0xffff'0ff0},           // DR6
        {0x170, 2},                     // RFLAGS
        {0x178, 0x40'1111},             // RIP
        {0x1d8, 0x4000'7000},           // RSP
        {0x200, 0x0023'0010'0000'0000}, // STAR
        {0x208, 0x40'2222},             // LSTAR
        {0x218, 0x4'7700},              // SFMASK
        {0x268, 0x0007'0406'0007'0406}, // PAT
        {0x3b0, 1},                     // SEV_FEATURES
        {0x3e8, 7},                     // XCR0
        {0x408, 0x1f80},                // MXCSR
        {0x410, 0x37f},                 // x87 FCW
    };
    EXPECT_EQ(words_of(vmsa), wanted);
}

TEST(FirstState, WithSecureTscDiffersInItsFeaturesAlone) {
    auto const image = header();
    auto const registers = snp::first_registers(image);
    auto wanted = words_of(snp::vmsa_of(registers, kvm::other_registers(image)));
    wanted[0x3b0] = 0x201; // scale and offset are the processor's to fill, and not measured
    EXPECT_EQ(words_of(snp::vmsa_of(registers, kvm::other_registers(image), true)), wanted);
}

TEST(FirstState, PutsEachGeneralRegisterIntoItsPlace) {
    kvm::Registers registers{};
    auto& general = registers.general;
    std::uint64_t value = 1;
    for (auto* const word :
         {&general.rax,
          &general.rcx,
          &general.rdx,
          &general.rbx,
          &general.rbp,
          &general.rsi,
          &general.rdi,
          &general.r8,
          &general.r9,
          &general.r10,
          &general.r11,
          &general.r12,
          &general.r13,
          &general.r14,
          &general.r15})
        *word = value++;
    auto const words = words_of(snp::vmsa_of(registers, {}));
    value = 1;
    for (std::size_t const at :
         {0x1f8U,
          0x308U,
          0x310U,
          0x318U,
          0x328U,
          0x330U,
          0x338U,
          0x340U,
          0x348U,
          0x350U,
          0x358U,
          0x360U,
          0x368U,
          0x370U,
          0x378U})
        EXPECT_EQ(words.at(at), value++) << at;
}

} // namespace
