// What a user reads when KVM comes back from an SEV-SNP guest for good.

#include "host/vmm/backend/snp/exit.hpp"
#include "host/vmm/backend/snp/uapi.hpp"
#include "protocol/launch/snp.hpp"

#include <cerrno>
#include <cstring>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace host::vmm;
using ::testing::HasSubstr;

class AnExit : public ::testing::Test {
public:
    kvm_run& seen() { return *seen_; }
    os::Failure explain(int error = 0) const { return snp::explain_exit(*seen_, error); }

    void memory_fault(std::uint64_t flags, std::uint64_t gpa) {
        seen().exit_reason = snp::exit_memory_fault;
        snp::MemoryFault const fault{.flags = flags, .gpa = gpa, .size = 0x1000};
        std::memcpy(&seen().padding, &fault, sizeof fault);
    }
    void termination(std::uint64_t msr) {
        seen().exit_reason = KVM_EXIT_SYSTEM_EVENT;
        seen().system_event.type = snp::event_sev_termination;
        seen().system_event.ndata = 1;
        seen().system_event.data[0] = msr;
    }

private:
    std::unique_ptr<kvm_run> seen_ = std::make_unique<kvm_run>();
};

TEST_F(AnExit, OfAMemoryFaultNamesThePageAndTheSide) {
    memory_fault(snp::memory_fault_private, 0x123000);
    auto const own = explain(EFAULT);
    EXPECT_EQ(own.name, "snp-memory-fault");
    EXPECT_THAT(own.text, HasSubstr("0x123000 as private memory"));
    memory_fault(0, 0x5000);
    EXPECT_THAT(explain(EFAULT).text, HasSubstr("0x5000 as memory that the host shares"));
    EXPECT_THAT(explain(EHWPOISON).text, HasSubstr("is broken under the Keep's page 0x5000"));
}

// The reason of an exit before is not this one's.
TEST_F(AnExit, OfARefusedRunIsNotTakenForTheExitBefore) {
    memory_fault(0, 0x5000);
    EXPECT_EQ(explain(EINVAL).name, "snp-ghcb-refused");
    EXPECT_EQ(explain(ENOMEM).name, "out-of-memory");
    EXPECT_EQ(explain(EIO).name, "keep-broken");
    seen().exit_reason = KVM_EXIT_IO;
    EXPECT_EQ(explain(EFAULT).name, "keep-broken");
}

TEST_F(AnExit, OfATerminationSaysWhyInWords) {
    termination(0x100 | protocol::launch::snp::termination_set << 12 | 7 << 16);
    auto const ours = explain();
    EXPECT_EQ(ours.name, "snp-keep-ended-itself");
    EXPECT_THAT(ours.text, HasSubstr("5:7: while its own code ran there was an event"));
    termination(0x100 | 2 << 16);
    EXPECT_THAT(explain().text, HasSubstr("0:2: the host lacks a feature"));
    termination(0x100 | protocol::launch::snp::event_set << 12 | 14 << 16);
    EXPECT_THAT(explain().text, HasSubstr("6:14: while its own code ran there was an event"));
    EXPECT_THAT(explain().text, HasSubstr("vector 14"));
    termination(0x100 | 0xf << 12 | 0xff << 16);
    EXPECT_THAT(explain().text, HasSubstr("15:255: unknown"));
    termination(0x100 | protocol::launch::snp::termination_set << 12 | 0xffU << 16);
    EXPECT_THAT(explain().text, HasSubstr("5:255: unknown"));
}

TEST_F(AnExit, HasANameOfItsOwnForEachKind) {
    seen().exit_reason = KVM_EXIT_SHUTDOWN;
    EXPECT_EQ(explain().name, "snp-shutdown");
    seen().exit_reason = KVM_EXIT_HYPERCALL;
    EXPECT_EQ(explain().name, "snp-page-change");
    seen().exit_reason = KVM_EXIT_FAIL_ENTRY;
    seen().fail_entry.hardware_entry_failure_reason = ~0ULL;
    EXPECT_EQ(explain().name, "snp-not-entered");
    seen().exit_reason = KVM_EXIT_INTERNAL_ERROR;
    EXPECT_EQ(explain().name, "snp-not-entered");
    seen().exit_reason = KVM_EXIT_MMIO;
    EXPECT_EQ(explain().name, "keep-broken");
    seen().exit_reason = KVM_EXIT_SYSTEM_EVENT;
    seen().system_event.type = KVM_SYSTEM_EVENT_RESET;
    EXPECT_EQ(explain().name, "keep-broken");
}

} // namespace
