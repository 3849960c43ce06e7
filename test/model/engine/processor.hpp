// What the model's processor is: Bochs' instructions under the name of an EPYC of the third
// generation with SEV-SNP.
#pragma once
#include <array>
#include <cstdint>

namespace model::engine {

constexpr unsigned most_cpus = 64; // of all machines of a process
constexpr unsigned c_bit = 51;
constexpr std::uint32_t family = 0x19;
constexpr std::uint32_t model_number = 0x01;
constexpr std::uint32_t stepping = 1;

/// CPUID as it answers without a hypervisor: EAX, EBX, ECX, EDX.
std::array<std::uint32_t, 4> processor_cpuid(std::uint32_t leaf, std::uint32_t sub_leaf);

} // namespace model::engine
