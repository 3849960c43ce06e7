// /dev/sev: the door to the firmware.
#pragma once
#include "kvm/call.hpp"

namespace model::snp {

class Device final : public kvm::TokenObject {
public:
    kvm::Reply ioctl(kvm::Context&) override;
};

} // namespace model::snp
