// Certificates that a guest asks for with a report (AMD 56421, 4.1.8.1): a table of names, offsets
// and sizes, then the certificates.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <linux/kvm.h>

namespace model::vmm {

/// Of ark.der, ask.der and vcek.der in this folder; whole pages.
std::vector<std::byte> certificate_table(std::string const& folder);
/// KVM_EXIT_SNP_REQ_CERTS: puts the table where the guest wants it, or says how many pages it
/// takes.
void give_certificates(std::span<std::byte> shared, std::span<std::byte const> table, kvm_run& run);

} // namespace model::vmm
