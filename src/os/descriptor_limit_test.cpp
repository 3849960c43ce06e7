#include "os/descriptor_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace {

class DescriptorLimit : public testing::Test {
protected:
    DescriptorLimit() { ::getrlimit(RLIMIT_NOFILE, &before_); }
    ~DescriptorLimit() override { ::setrlimit(RLIMIT_NOFILE, &before_); }

    rlim_t after(rlim_t current, std::uint64_t wanted) const {
        rlimit limit{.rlim_cur = current, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &limit);
        os::allow_descriptors(wanted);
        ::getrlimit(RLIMIT_NOFILE, &limit);
        EXPECT_EQ(limit.rlim_max, before_.rlim_max);
        return limit.rlim_cur;
    }
    rlim_t most() const { return before_.rlim_max; }

private:
    rlimit before_{};
};

TEST_F(DescriptorLimit, IsRaisedAsFarAsTheAdministratorAllows) {
    EXPECT_EQ(after(100, 150), 150U);
    EXPECT_EQ(after(100, std::uint64_t{most()}), most());
    if (most() != RLIM_INFINITY) {
        EXPECT_EQ(after(100, most() + 1), most());
    }
}

TEST_F(DescriptorLimit, IsNeverLowered) { EXPECT_EQ(after(150, 100), 150U); }

} // namespace
