// /dev/kvm.
#pragma once
#include "kvm/call.hpp"

namespace model::kvm {

class System final : public TokenObject {
public:
    Reply ioctl(Context&) override;
};

} // namespace model::kvm
