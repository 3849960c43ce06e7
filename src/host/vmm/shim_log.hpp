#pragma once

// What the shim says, as lines of the log that the user asked for. What it says unasked, before it
// gives up, is shown in any case.

#include "base/log_filter.hpp"

#include <string>
#include <string_view>

namespace host::vmm {

struct LogWish {
    std::string filter = {};
    base::LogFormat format = base::LogFormat::Text;
    bool to_standard_output = false;
};

class ShimLog {
public:
    explicit ShimLog(LogWish const& wish);

    // Whether the shim is to say more than it must: each system call that it does not have.
    bool wanted() const { return wanted_; }
    void write(std::string_view line) const;

private:
    base::LogFormat format_;
    bool to_standard_output_;
    bool wanted_;
};

} // namespace host::vmm
