// Looks at the processor and the file system.

#include "host/vmm/probe/machine.hpp"

#include "host/vmm/backend/kvm/landlock.hpp"
#include "os/check.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace host::vmm {

namespace {

base::Result<int> real_ask(std::string const& path, unsigned long request, unsigned long argument) {
    auto const device = TRY(os::check_fd(::open(path.c_str(), O_RDWR | O_CLOEXEC)));
    return os::check(::ioctl(device.number(), request, argument));
}

std::string letters(std::initializer_list<std::uint32_t> registers) {
    std::string out;
    for (auto const value : registers) {
        auto const four = std::bit_cast<std::array<char, 4>>(value);
        out.append(four.data(), four.size());
    }
    return out.substr(0, std::strlen(out.c_str()));
}

} // namespace

Machine Machine::real() {
    return {
        .cpuid = this_cpuid,
        .root = "",
        .ask = real_ask,
        .landlock = kvm::landlock_version,
    };
}

std::string Machine::vendor() const {
    auto const leaf = cpuid(0, 0);
    return letters({leaf.ebx, leaf.edx, leaf.ecx});
}

std::string Machine::brand() const {
    std::string out;
    for (std::uint32_t const number : {0x80000002U, 0x80000003U, 0x80000004U}) {
        auto const leaf = cpuid(number, 0);
        out += letters({leaf.eax, leaf.ebx, leaf.ecx, leaf.edx});
    }
    auto const first = out.find_first_not_of(' ');
    return first == std::string::npos ? ""
                                      : out.substr(first, out.find_last_not_of(' ') - first + 1);
}

base::Result<void> Machine::access(std::string_view path, int mode) const {
    return os::done(::access(this->path(path).c_str(), mode));
}

std::string Machine::text_of(std::string_view path) const {
    auto const file = os::check_fd(::open(this->path(path).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {};
    std::array<char, 4096> buffer{};
    auto const got =
        os::retry([&] { return ::read(file->number(), buffer.data(), buffer.size()); });
    std::string out{buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    while (out.ends_with('\n')) out.pop_back();
    return out;
}

} // namespace host::vmm
