#pragma once

// A machine for tests: its processor is a table, its files lie in a temporary directory.

#include "host/vmm/probe/machine.hpp"
#include "os/temporary_directory.hpp"

#include <array>
#include <bit>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace host::vmm {

class FakeMachine {
public:
    using Leaf = std::pair<std::uint32_t, std::uint32_t>;

    void leaf(std::uint32_t number, std::uint32_t subleaf, CpuId value) {
        leaves_[{number, subleaf}] = value;
    }

    void vendor(std::string_view name) {
        auto const part = [&](std::size_t at) {
            std::array<char, 4> letters{};
            name.copy(letters.data(), letters.size(), at);
            return std::bit_cast<std::uint32_t>(letters);
        };
        leaf(0, 0, {.ebx = part(0), .ecx = part(8), .edx = part(4)});
    }

    void brand(std::string name) {
        name.resize(48);
        for (std::uint32_t i = 0; i < 3; ++i)
            leaf(
                0x80000002U + i,
                0,
                std::bit_cast<CpuId>(*reinterpret_cast<std::array<char, 16> const*>(
                    name.data() + std::size_t{16} * i
                ))
            );
    }

    void file(std::string const& path, std::string const& text = "") {
        auto const full = folder_->path() + path;
        std::filesystem::create_directories(std::filesystem::path{full}.parent_path());
        std::ofstream{full} << text;
    }

    void landlock(int version) { landlock_ = version; }

    void answer(unsigned long request, unsigned long argument, int value) {
        answers_[{request, argument}] = value;
    }

    // Of requests whose argument is an address.
    using Filler = std::function<base::Result<int>(unsigned long address)>;
    void fill(unsigned long request, Filler filler) { fillers_[request] = std::move(filler); }

    Machine machine() const {
        return {
            .cpuid =
                [this](std::uint32_t number, std::uint32_t subleaf) {
                    auto const found = leaves_.find({number, subleaf});
                    return found == leaves_.end() ? CpuId{} : found->second;
                },
            .root = folder_->path(),
            .ask = [this](std::string const& path, unsigned long request, unsigned long argument)
                -> base::Result<int> {
                if (!std::filesystem::exists(path)) return std::unexpected(base::Errno::NoEnt);
                if (auto const filler = fillers_.find(request); filler != fillers_.end())
                    return filler->second(argument);
                auto const found = answers_.find({request, argument});
                if (found == answers_.end()) return std::unexpected(base::Errno::NoTty);
                return found->second;
            },
            .landlock = [this] { return landlock_; },
        };
    }

private:
    std::unique_ptr<os::TemporaryDirectory> folder_ = std::make_unique<os::TemporaryDirectory>();
    std::map<Leaf, CpuId> leaves_;
    int landlock_ = 0;
    std::map<std::pair<unsigned long, unsigned long>, int> answers_;
    std::map<unsigned long, Filler> fillers_;
};

} // namespace host::vmm
