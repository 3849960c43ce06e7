#pragma once

// What the host's process may read and write of a Keep's memory, by the Keep's addresses.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace host::vmm::kvm {

class Reachable {
public:
    // `bytes` stay where they are as long as this.
    void add(std::uint64_t address, std::span<std::byte> bytes) {
        pieces_.push_back({address, bytes});
    }
    // Of a file that is mapped, which this process cannot write.
    void leave_out(std::uint64_t begin, std::uint64_t end) { files_.push_back({begin, end}); }

    // [address, address + size), if it is there in one piece. Errno::Fault: it is not.
    base::Result<std::span<std::byte>> at(std::uint64_t address, std::uint64_t size) const {
        for (auto const& file : files_)
            if (address < file.end && (address >= file.begin || size > file.begin - address))
                return std::unexpected(base::Errno::Fault);
        for (auto const& piece : pieces_) {
            if (address < piece.address || address - piece.address >= piece.bytes.size()) continue;
            auto const offset = address - piece.address;
            if (size > piece.bytes.size() - offset) break;
            return piece.bytes.subspan(offset, size);
        }
        return std::unexpected(base::Errno::Fault);
    }

private:
    struct Piece {
        std::uint64_t address;
        std::span<std::byte> bytes;
    };
    struct File {
        std::uint64_t begin;
        std::uint64_t end;
    };

    std::vector<Piece> pieces_;
    std::vector<File> files_;
};

} // namespace host::vmm::kvm
